package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

type healthCmd struct {
	URL string `name:"url" help:"Page of the server to ask." default:"http://127.0.0.1:8080/readyz" placeholder:"URL"`
}

// healthTimeout is how long the server may take: a little longer than the server gives its store.
const healthTimeout = 4 * time.Second

// Run requests a server's health page and fails unless the answer is 200. The command is the health check of an image that contains no
// other program.
func (c *healthCmd) Run(ctx context.Context, p *process) error {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL, nil)
	if err != nil {
		return fmt.Errorf("ask the server: %w", err)
	}
	// only the server's own answer counts: no proxy is used, and no redirect is followed
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: func(*http.Request,
		[]*http.Request) error {
		return http.ErrUseLastResponse
	}}
	res, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("ask the server: %w", err)
	}
	_, err = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<16))
	if err := errors.Join(err, res.Body.Close()); err != nil {
		return fmt.Errorf("ask the server: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return errors.New(p.printer.T("health.not_ready", "Status", fmt.Sprint(res.StatusCode)))
	}
	return nil
}
