"""Keeps the limits of the house: lengths, parameters, includes, prototypes with a sentence, SQL and
personal data where they belong. Prints each offence as file:line: sentence; ends with 1 if any."""
import os
import re
import subprocess
import sys

ROOT = os.environ.get("GOCUA_SOURCE", ".")
ROOMS = ("app", "platform", "sync")
# Flat tables and switches that are easier to read in one piece.
LONG_FUNCTIONS = set(open(os.path.join(ROOT, "tests/house/long_functions.txt")).read().split())
PERSONAL = re.compile(r"\b(full_name|person_name|personal_number|id_number|birth_date|phone|address)\b")
SQL = re.compile(r'"\s*(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE TABLE|PRAGMA)\b')
SQL_ROOMS = ("app/store/", "app/hub/archive", "platform/db/")
offences = []


# Callbacks whose parameters a library asks for.
LIBRARY_SHAPES = ("static enum MHD_Result ",)


def offence(path, line, text):
    offences.append(f"{path}:{line}: {text}")


def sources():
    for top in ROOMS:
        for folder, _, names in os.walk(os.path.join(ROOT, top)):
            for name in sorted(names):
                if name.endswith((".c", ".h")):
                    yield os.path.relpath(os.path.join(folder, name), ROOT)


def count_parameters(signature):
    inside = signature[signature.index("(") + 1:signature.rindex(")")]
    depth, count = 0, 1
    for c in inside:
        depth += c in "([{"
        depth -= c in ")]}"
        count += c == "," and depth == 0
    return 0 if inside.strip() in ("", "void") else count


def check_functions(path, lines):
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{" and number > 1:
            head = number - 1
            while head > 1 and lines[head - 2] and not lines[head - 2].endswith((";", "}", "*/")) \
                    and not lines[head - 2].startswith("#"):
                head -= 1
            signature = " ".join(lines[head - 1:number - 1])
            match = re.search(r"(\w+)\(", signature)
            start = (number, match.group(1) if match else "?", signature)
        elif line == "}" and start:
            begin, name, signature = start
            if number - begin - 1 > 60 and f"{path}:{name}" not in LONG_FUNCTIONS:
                offence(path, begin, f"{name} has {number - begin - 1} lines, 60 is the limit")
            if "(" in signature and count_parameters(signature) > 6 \
                    and not signature.startswith(LIBRARY_SHAPES):
                offence(path, begin, f"{name} has more than 6 parameters")
            start = None


def check_prototypes(path, lines):
    """Every prototype (or run of them) in a header stands behind a comment."""
    said = False
    depth = 0
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if text.startswith("/*") or text.endswith("*/") or text.startswith("//"):
            said = True
            continue
        if not text:
            said = False
        depth += line.count("{") - line.count("}")
        starts = re.match(r"^(?!static|typedef|#|struct \w+ \{|enum|return|extern)[a-z][\w \*]*\b\w+\(", line)
        if starts and depth == 0 and not said:
            offence(path, number, "a public prototype without a sentence")


def check_file(path):
    text = open(os.path.join(ROOT, path), encoding="utf-8").read()
    lines = text.split("\n")
    if len(lines) > 601:
        offence(path, 1, f"{len(lines) - 1} lines, 600 is the limit")
    includes = [l for l in lines if l.startswith("#include")]
    if path.endswith(".c") and len(includes) > 15:
        offence(path, 1, f"{len(includes)} includes, 15 is the limit")
    for number, line in enumerate(lines, 1):
        if len(line) > 100:
            offence(path, number, "wider than 100 columns")
        if SQL.search(line) and not path.startswith(SQL_ROOMS):
            offence(path, number, "SQL text outside app/store, app/hub/archive* and platform/db")
        if re.search(r"\blog_(error|warn|info|debug)\(", line) and PERSONAL.search(line):
            offence(path, number, "the log must not hold personal data")
        if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", line):
            offence(path, number, "unfinished work has no place here")
    if path.endswith(".c"):
        check_functions(path, lines)
    elif not path.startswith("app/form/fn/"):
        check_prototypes(path, lines)


def check_lists():
    """Every file of a listed kind stands in its list."""
    kinds = [("app/screen", "screens.h", "screen_"), ("app/question", "questions.h", "question_"),
             ("app/cli", "commands.h", "command_"), ("app/ident", "readers.h", "reader_"),
             ("sync/carrier", "carriers.h", "carrier_")]
    for folder, listing, prefix in kinds:
        full = os.path.join(ROOT, folder)
        if not os.path.exists(os.path.join(full, listing)):
            continue
        listed = set(re.findall(r"X\((\w+)", open(os.path.join(full, listing)).read()))
        for name in sorted(os.listdir(full)):
            if name.endswith(".c"):
                body = open(os.path.join(full, name)).read()
                for found in re.findall(rf"^const struct \w+ {prefix}(\w+) = ", body, re.M):
                    if found not in listed:
                        offence(f"{folder}/{name}", 1, f"{found} does not stand in {listing}")


def check_circles():
    graph = {}
    for path in sources():
        body = open(os.path.join(ROOT, path), encoding="utf-8").read()
        graph[path] = [h for h in re.findall(r'^\s*#include "([^"]+)"', body, re.M)
                       if path.endswith(".h")]
    state = {}

    def visit(path, trail):
        state[path] = 1
        for header in graph.get(path, []):
            if state.get(header) == 1:
                offence(path, 1, "includes in a circle: " + " -> ".join(trail + [header]))
            elif header not in state:
                visit(header, trail + [header])
        state[path] = 2

    for path in sorted(graph):
        if path not in state:
            visit(path, [path])


def check_ratio():
    def total(paths):
        return sum(len(open(p, encoding="utf-8", errors="replace").readlines()) for p in paths)
    code = total(os.path.join(ROOT, p) for p in sources() if p.endswith(".c"))
    tests = [os.path.join(f, n) for f, _, names in os.walk(os.path.join(ROOT, "tests"))
             for n in names if n.endswith((".c", ".sh", ".py", ".tsv", ".script", ".txt"))]
    share = total(tests) / max(code, 1)
    print(f"house: {code} lines of source, {share:.2f} lines of tests for each")
    if share < 0.3:
        offence("tests", 1, f"only {share:.2f} test lines for a line of source, 0.3 is the limit")


def check_tree():
    allowed = {"app", "assets", "platform", "sync", "tests", "CMakeLists.txt", "CMakePresets.json",
               "README.md", "LICENSE"}
    tracked = subprocess.run(["git", "-C", ROOT, "ls-files"], capture_output=True, text=True)
    for top in sorted({p.split("/")[0] for p in tracked.stdout.split("\n") if p}):
        if top not in allowed and not top.startswith("."):
            offence(top, 1, "the top level is fixed")


for source in sources():
    check_file(source)
check_lists()
check_circles()
check_ratio()
check_tree()
print("\n".join(offences))
print(f"house: {len(offences)} offences")
sys.exit(1 if offences else 0)
