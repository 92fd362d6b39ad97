package main

import (
	"context"

	"github.com/yousang/yousang/internal/serial"
	"github.com/yousang/yousang/internal/trace"
)

type serialKeyCmd struct {
	Rotate serialKeyRotateCmd `cmd:"" help:"Make a new key for the serial numbers of new batches and print its number. Old numbers stay good."`
	List   serialKeyListCmd   `cmd:"" help:"List the keys: number, fingerprint, day of making. Secrets are never shown."`
}

type serialKeyRotateCmd struct {
	storeFlag
}

// Run creates a key; a running server uses the key for the next batch.
func (c *serialKeyRotateCmd) Run(ctx context.Context, p *process) error {
	there, err := c.openReadOnly(ctx) // a store that is not there is not made for a key
	if err != nil {
		return err
	}
	closeStore(p, there)
	s, err := c.openDocuments(ctx)
	if err != nil {
		return err
	}
	defer closeStore(p, s)
	ring, err := openRing(ctx, s)
	if err != nil {
		return err
	}
	number, err := ring.RotateKey(ctx)
	if err != nil {
		return err
	}
	p.print(p.out, "%d\n", number)
	return nil
}

type serialKeyListCmd struct {
	storeFlag
}

// Run lists keys, oldest first; the last key is used for new batches.
func (c *serialKeyListCmd) Run(ctx context.Context, p *process) error {
	s, err := c.openReadOnly(ctx)
	if err != nil {
		return err
	}
	defer closeStore(p, s)
	list, err := serial.New(s).ListKeys(ctx)
	if err != nil {
		return err
	}
	for _, k := range list {
		p.print(p.out, "%d\t%s\t%s\n", k.Number, k.Fingerprint, k.Created.Format("2006-01-02"))
	}
	return nil
}

// openRing opens the key ring of a ledger. The log records which key numbers are in use, also where a key is lost.
func openRing(ctx context.Context, s trace.Store) (*serial.Ring, error) {
	l := trace.NewLedger()
	if err := l.Replay(ctx, s); err != nil {
		return nil, err
	}
	ring := serial.New(s)
	ring.FollowLog(l.SerialKey)
	return ring, nil
}
