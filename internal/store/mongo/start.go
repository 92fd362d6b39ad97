package mongo

import (
	"errors"
	"net"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/auth"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/topology"

	"github.com/yousang/yousang/internal/trace"
)

// reservedDatabases are the databases that a server keeps for itself. Whoever names one has most likely put there what belongs into
// authSource.
var reservedDatabases = []string{"admin", "config", "local"}

// badName is what a database cannot be called. Servers on Windows refuse more than others; a ledger may move there.
const badName = "/\\. \"$*<>:|?"

// checkName refuses what no ledger can have as its database.
func checkName(hosts []string, name string) error {
	switch {
	case name == "":
		return trace.E(trace.Invalid, trace.CodeBadValue, "store", "value", strings.Join(hosts, ","), "allowed", "mongodb://host/DATABASE")
	case slices.Contains(reservedDatabases, strings.ToLower(name)):
		return trace.E(trace.Invalid, trace.CodeBadValue, "store", "value", name, "allowed", "mongodb://host/DATABASE?authSource="+name)
	case strings.ContainsAny(name, badName) || len(name) > 63:
		return trace.E(trace.Invalid, trace.CodeBadValue, "store", "value", name, "allowed", "mongodb://host/DATABASE")
	}
	return nil
}

// refusedCodes are the answers of a server that knows no such user, or whose user may not do this.
var refusedCodes = []int{13, 18, 8000}

// startError says of a database that could not be opened which one it is, and whether it does not answer or does not let us in. Other
// errors pass. The addresses of hosts and the driver's last errors are shown; they have no password in them.
func startError(hosts []string, name string, err error) error {
	where := strings.Join(hosts, ",") + "/" + name
	switch {
	case err == nil:
		return nil
	case isRefused(err):
		return errors.Join(trace.E(trace.Unavailable, trace.CodeStoreUnavailable, "", "thing", "login", "path", where), err)
	case isUnavailable(err):
		return errors.Join(trace.E(trace.Unavailable, trace.CodeStoreUnavailable, "", "thing", "start", "path", where, "why", lastErrors(err)),
			err)
	}
	return err
}

// isRefused reports whether a server does not let us in. A handshake that was cut is not a refusal.
func isRefused(err error) bool {
	var e mongo.ServerError
	return errors.As(err, &e) && slices.ContainsFunc(refusedCodes, e.HasErrorCode)
}

// isLoginError: the connection could not be given its user, for whatever reason.
func isLoginError(err error) bool {
	var e *auth.Error
	return errors.As(err, &e)
}

// isSelectionError: no server was found that could be asked.
func isSelectionError(err error) bool {
	var e topology.ServerSelectionError
	return errors.As(err, &e)
}

// lastErrors is what the search for a server has met, each thing once; "" where servers answered and none of them takes writes.
func lastErrors(err error) string {
	var e topology.ServerSelectionError
	if !errors.As(err, &e) {
		return err.Error()
	}
	var why []string
	for _, s := range e.Desc.Servers {
		if s.LastError != nil && !slices.Contains(why, s.LastError.Error()) {
			why = append(why, s.LastError.Error())
		}
	}
	return strings.Join(why, "; ")
}

// nameError is the error of a name service that does not know the host of a mongodb+srv address, or nil.
func nameError(err error) error {
	var e *net.DNSError
	if !errors.As(err, &e) {
		return nil
	}
	return trace.E(trace.Unavailable, trace.CodeStoreUnavailable, "", "thing", "start", "path", e.Name, "why", e.Error())
}
