#!/usr/bin/env bash
# The limits of the house (README, "The house").
exec python3 "$GOCUA_SOURCE/tests/house/limits.py"
