// Command serve starts a FerretDB on a free loopback port, runs a command with its address in YOUSANG_TEST_MONGODB_URI, and ends with the
// command's exit code. Where the variable names a server already, the command gets that one and none is started.
//
//	go run ./serve go test ./...
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/yousang/yousang/internal/store/mongo/ferrettest"
)

// variable names the server for tests.
const variable = "YOUSANG_TEST_MONGODB_URI"

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "serve:", err)
		code = 1
	}
	os.Exit(code)
}

func run(args []string) (code int, err error) {
	if len(args) == 0 {
		return 0, errors.New("usage: serve COMMAND [ARGUMENT …]")
	}
	if os.Getenv(variable) != "" {
		return command(args, os.Environ())
	}
	folder, err := os.MkdirTemp("", "yousang-ferret-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	server, err := ferrettest.Start(folder)
	if err != nil {
		return 0, err
	}
	defer server.Close()
	return command(args, append(os.Environ(), variable+"="+server.URI))
}

// command runs a command to its end.
func command(args, env []string) (code int, err error) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = env
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, err
}
