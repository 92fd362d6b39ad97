package main

import (
	"context"
	"strings"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/keys"
	"github.com/yousang/yousang/internal/trace"
)

type keyCmd struct {
	Create keyCreateCmd `cmd:"" help:"Make a key and print it, once."`
	List   keyListCmd   `cmd:"" help:"List keys."`
	Revoke keyRevokeCmd `cmd:"" help:"End a key."`
}

type keyCreateCmd struct {
	storeFlag
	Org       string `help:"Organisation the key acts for: its slug or URI. May be absent for an admin." placeholder:"SLUG"`
	Role      string `help:"What the key may do: operator, bureau or admin." enum:"operator,bureau,admin" default:"operator"`
	Label     string `help:"What the key is for; not a person's name." default:""`
	Name      string `help:"Register the organisation under this name first (no server may be running on the store then)."`
	Kind      string `help:"Kind of the organisation to register." enum:"cooperative,processor,park,bureau,supplier" default:"cooperative"`
	Tier      string `help:"Tier of the organisation to register." enum:"village,town,county,outside" default:"village"`
	Namespace string `help:"Identity of a new ledger." placeholder:"URI"`
	PublicURL string `name:"public-url" help:"${new_public_url}" placeholder:"URL"`
}

// Run creates the key. With --name, --namespace or --public-url the command opens the ledger, and no server may be running on an embedded
// store; without them a running server does not matter.
func (c *keyCreateCmd) Run(ctx context.Context, p *process) error {
	if c.Name != "" || c.Namespace+c.PublicURL != "" {
		if err := c.registerOrganisation(ctx, p); err != nil {
			return err
		}
	}
	s, err := c.openDocuments(ctx)
	if err != nil {
		return err
	}
	defer closeStore(p, s)
	org := c.Org
	if org != "" {
		l := trace.NewLedger()
		if err := l.Replay(ctx, s); err != nil {
			return err
		}
		if !strings.Contains(org, "://") {
			org = l.Namespace() + "/org/" + org
		}
		if _, ok := l.Organisation(org); !ok {
			return trace.E(trace.NotFound, trace.CodeUnknownThing, "org", "thing", "organisation", "value", org)
		}
	}
	token, _, err := keys.New(s).CreateKey(ctx, org, trace.Role(c.Role), c.Label)
	if err != nil {
		return err
	}
	p.print(p.out, "%s\n", token)
	return nil
}

// registerOrganisation creates the ledger where an identity is given, and registers the organisation where a name is given.
func (c *keyCreateCmd) registerOrganisation(ctx context.Context, p *process) error {
	if c.Org == "" && c.Name != "" {
		return trace.E(trace.Invalid, trace.CodeRequired, "org")
	}
	s, err := c.openToRecord(ctx)
	if err != nil {
		return err
	}
	defer closeStore(p, s)
	r, err := ledgerFlags{storeFlag: c.storeFlag, Namespace: c.Namespace}.openApp(ctx, p, s,
		app.Options{Fallback: c.PublicURL, NoLineage: true})
	if err != nil {
		return err
	}
	defer r.Close()
	id := r.CompleteID("org", c.Org)
	if _, err := r.ShowOrganisation(ctx, app.System, id); err == nil || c.Name == "" {
		return nil
	}
	_, err = r.PutOrganisation(ctx, app.System, "",
		trace.Organisation{ID: id, Kind: c.Kind, Name: c.Name, Tier: trace.Tier(c.Tier)})
	return err
}

type keyListCmd struct {
	storeFlag
	Org string `help:"Only keys of this organisation (URI)."`
}

// Run lists keys. The store holds no secrets, so none is listed.
func (c *keyListCmd) Run(ctx context.Context, p *process) error {
	s, err := c.openReadOnly(ctx)
	if err != nil {
		return err
	}
	defer closeStore(p, s)
	list, err := keys.New(s).ListKeys(ctx, c.Org)
	if err != nil {
		return err
	}
	for _, k := range list {
		state := "active"
		if k.Revoked != nil {
			state = "revoked"
		}
		p.print(p.out, "%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, state, k.Role, k.Org, k.Created.Format("2006-01-02"), k.Label)
	}
	return nil
}

type keyRevokeCmd struct {
	storeFlag
	ID string `arg:"" help:"The key's id, as listed."`
}

// Run revokes a key; a running server notices within a minute.
func (c *keyRevokeCmd) Run(ctx context.Context, p *process) error {
	there, err := c.openReadOnly(ctx) // a store that is not there is not made to find no key in it
	if err != nil {
		return err
	}
	closeStore(p, there)
	s, err := c.openDocuments(ctx)
	if err != nil {
		return err
	}
	defer closeStore(p, s)
	return keys.New(s).RevokeKey(ctx, c.ID)
}

// closeStore closes a store that a command opened, and logs a failure.
func closeStore(p *process, c interface{ Close() error }) {
	if err := c.Close(); err != nil {
		p.log.Error("close store", "err", err)
	}
}
