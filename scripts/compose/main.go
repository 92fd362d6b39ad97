// Command compose reads docker-compose.yml as Docker does and says what is wrong with it, for machines without Docker's client.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(files []string) error {
	o, err := cli.NewProjectOptions(files, cli.WithOsEnv, cli.WithName("yousang"))
	if err != nil {
		return fmt.Errorf("find compose file: %w", err)
	}
	if _, err := o.LoadProject(context.Background()); err != nil {
		return fmt.Errorf("read compose file: %w", err)
	}
	return nil
}
