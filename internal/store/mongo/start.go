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

// reservedDatabases are the databases that a server keeps for itself. A user who names such a database has most likely confused the
// database with authSource.
var reservedDatabases = []string{"admin", "config", "local"}

// badName lists the characters that the name of a database cannot have. Servers on Windows refuse more characters than others; a ledger may
// move there.
const badName = "/\\. \"$*<>:|?"

// checkName refuses a name that no ledger's database can have.
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

// refusedCodes are the error codes of a server that does not know the user, or whose user may not run the command.
var refusedCodes = []int{13, 18, 8000}

// startError names the database that could not be opened, and states whether the server does not answer or refuses the login. Other errors
// pass. The addresses of hosts and the driver's last errors are shown; they contain no password.
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

// isRefused reports whether a server refuses the login. A handshake that was cut off is not a refusal.
func isRefused(err error) bool {
	var e mongo.ServerError
	return errors.As(err, &e) && slices.ContainsFunc(refusedCodes, e.HasErrorCode)
}

// isLoginError reports whether the connection could not authenticate its user, for whatever reason.
func isLoginError(err error) bool {
	var e *auth.Error
	return errors.As(err, &e)
}

// isSelectionError reports whether the driver found no server for the command.
func isSelectionError(err error) bool {
	var e topology.ServerSelectionError
	return errors.As(err, &e)
}

// lastErrors lists the errors that the search for a server has met, each once. The list is empty where servers answered and none of them
// takes writes.
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
