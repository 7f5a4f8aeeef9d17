#!/usr/bin/env -S node --no-warnings
/** The `millwright` command. */
import { runProgram } from './program.ts';
import { processTerminal } from './terminal.ts';

void runProgram(process.argv.slice(2), processTerminal());
