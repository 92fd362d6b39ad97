package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/keys"
	"github.com/yousang/yousang/internal/trace"
)

// maxImport bounds a register file, in bytes.
const maxImport = 16 << 20

type importInput struct {
	Type    string `header:"Content-Type" hidden:"true"`
	Name    string `query:"name" maxLength:"200" doc:"Name of the file, where the body does not say it."`
	DryRun  bool   `query:"dryRun" doc:"Only check: nothing is recorded."`
	RawBody []byte `contentType:"application/octet-stream"`
}

func (a *API) registerImports() {
	if a.Import == nil {
		return
	}
	op := a.describeWrite("/imports", "importFile", tagReports, "Import a register file 导入台账",
		"A clerk's register as it is (采收登记表, 收购台账; xlsx or csv): good rows become events, each bad row is reported by sheet, row and column. "+
			"Sent again after mending, only what is new is added. The body is the file, or a form with the file in the field named file.")
	op.DefaultStatus, op.MaxBodyBytes, op.Responses = http.StatusOK, maxImport, nil
	op.RequestBody.Content["multipart/form-data"] = &huma.MediaType{Schema: &huma.Schema{Type: "object",
		Properties: map[string]*huma.Schema{"file": {Type: "string", Format: "binary"}}, Required: []string{"file"}}}
	huma.Register(a.huma, *op, func(ctx context.Context, in *importInput) (*body[any], error) {
		name, data, err := in.readFile()
		if err != nil {
			return nil, err
		}
		return answerBody(a.Import(ctx, callerOf(ctx).Actor, name, data, in.DryRun))
	})
}

// readFile is the file of an import: the body, or the form field named file.
func (in *importInput) readFile() (string, []byte, error) {
	kind, params, err := mime.ParseMediaType(in.Type)
	if err != nil || kind != "multipart/form-data" {
		return in.chooseName(""), in.RawBody, nil
	}
	form := multipart.NewReader(bytes.NewReader(in.RawBody), params["boundary"])
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return "", nil, trace.E(trace.Invalid, trace.CodeRequired, "file")
		}
		if err != nil {
			return "", nil, trace.E(trace.Invalid, trace.CodeMalformed, "body", "why", "multipart/form-data")
		}
		if part.FormName() != "file" {
			continue
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return "", nil, trace.E(trace.Invalid, trace.CodeMalformed, "file", "why", "multipart/form-data")
		}
		return in.chooseName(part.FileName()), data, nil
	}
}

// chooseName is the name of the file: that of the query, else the sent one; never a path.
func (in *importInput) chooseName(sent string) string {
	if in.Name != "" {
		sent = in.Name
	}
	if sent == "" {
		return ""
	}
	return path.Base(path.Clean("/" + sent))
}

// KeyView is an API key in a list: never the secret.
type KeyView struct {
	ID      string     `json:"id"`
	Org     string     `json:"org" doc:"URI of the organisation it acts for."`
	Role    string     `json:"role" enum:"operator,bureau,admin"`
	Label   string     `json:"label" doc:"What it is for; not a person's name."`
	Created time.Time  `json:"created"`
	Revoked *time.Time `json:"revoked,omitempty"`
}

// CreatedKey is a new key with its secret.
type CreatedKey struct {
	KeyView
	Token string `json:"token" doc:"The key itself: shown now and never again."`
}

// Me is who the caller is.
type Me struct {
	Org          string              `json:"org"`
	Role         string              `json:"role" enum:"operator,bureau,admin"`
	Key          string              `json:"key" doc:"Id of the key that was used."`
	Organisation *trace.Organisation `json:"organisation,omitempty"`
	Namespace    string              `json:"namespace" doc:"Identity of the ledger."`
	Head         int64               `json:"head" doc:"Last record of the log."`
}

type keyList struct {
	Org string `query:"org" maxLength:"300" doc:"Only keys of this organisation: slug or URI."`
}

type keyCreated struct{ Body CreatedKey }

func keyView(k keys.Key) KeyView {
	return KeyView{ID: k.ID, Org: k.Org, Role: string(k.Role), Label: k.Label, Created: k.Created, Revoked: k.Revoked}
}

func (a *API) registerKeys() {
	huma.Register(a.huma, describeRead("/me", "getMe", tagAdmin, "Who the key acts for",
		"Organisation, role, and the ledger it is talking to."),
		func(ctx context.Context, _ *struct{}) (*body[Me], error) {
			id := a.App().Identify(callerOf(ctx).Actor)
			return answerBody(Me{Org: id.Org, Role: string(id.Role), Key: id.User, Organisation: id.Organisation, Namespace: id.Namespace,
				Head: id.Head}, nil)
		})
	huma.Register(a.huma, describeRead("/keys", "listKeys", tagAdmin, "List keys", "For an admin. Revoked keys stay on the list."),
		func(ctx context.Context, in *keyList) (*body[app.Page[KeyView]], error) {
			list, err := a.App().ListKeys(ctx, callerOf(ctx).Actor, in.Org)
			if err != nil {
				return nil, err
			}
			page := app.Page[KeyView]{Items: make([]KeyView, len(list))}
			for i, k := range list {
				page.Items[i] = keyView(k)
			}
			return answerBody(page, nil)
		})
	a.registerKeyWrites()
}

func (a *API) registerKeyWrites() {
	op := a.describeWrite("/keys", "createKey", tagAdmin, "Make a key", "For an admin. The secret is in this answer and nowhere else; only "+
		"its hash is kept.")
	op.Responses = nil
	rules := readRules(reflect.TypeFor[app.NewKey]())
	huma.Register(a.huma, *op, func(ctx context.Context, in *batchInput) (*keyCreated, error) {
		var k app.NewKey
		if err := decodeBody(in.RawBody, &k, rules); err != nil {
			return nil, err
		}
		secret, made, err := a.App().CreateKey(ctx, callerOf(ctx).Actor, k)
		if err != nil {
			return nil, err
		}
		return &keyCreated{CreatedKey{keyView(made), secret}}, nil
	})
	a.describeBody(op, reflect.TypeFor[app.NewKey]())
	huma.Register(a.huma, huma.Operation{Method: http.MethodDelete, Path: "/keys/{id}", OperationID: "revokeKey", Tags: []string{tagAdmin},
		Summary:     "Revoke a key",
		Description: "For an admin. Ends it at once on this server, and within a minute on others."},
		func(ctx context.Context, in *thingInput) (*struct{}, error) {
			return nil, a.App().RevokeKey(ctx, callerOf(ctx).Actor, unescapePath(in.ID))
		})
}
