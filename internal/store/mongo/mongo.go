// Package mongo is the store for counties that need more than one machine, or that keep their data in MongoDB: a database per ledger,
// shared by any number of servers. Each operation changes single documents only, so the store works on a standalone server, a replica set
// and a sharded cluster alike. docs/mongodb.md describes, for people, the collections and their fields.
package mongo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/connstring"

	"github.com/yousang/yousang/internal/store/contract"
	"github.com/yousang/yousang/internal/trace"
)

const (
	// maxSelectTime bounds the search for a server that takes writes, where the URI names no bound (serverSelectionTimeoutMS).
	maxSelectTime = 5 * time.Second
	// maxCallTime bounds a call whose context has no deadline, so that no call waits forever for a paused server (URI: timeoutMS).
	maxCallTime = 30 * time.Second
	// maxSetUpTime bounds the creation of indexes, which takes long where a ledger is large and an index new.
	maxSetUpTime = 30 * time.Minute
	maxCloseTime = 5 * time.Second
)

// Store implements trace.Store over a MongoDB database; Open opens a store. A Store is safe for concurrent use, and other servers may use
// the same database at the same time.
type Store struct {
	client   *mongo.Client
	db       *mongo.Database
	server   server
	readOnly bool
	tail     tail

	records, lots, documents, scans, blobs, pieces, uploads, meta *mongo.Collection

	isClosed atomic.Bool
	closing  sync.Once
	closed   error
}

var _ trace.Store = (*Store)(nil)

// Open connects to the database that the URI names after its hosts (mongodb://host,host/county), and sets up an empty database. Errors:
// kind Invalid for a URI that cannot be read or that names no database for a ledger; kind Unavailable when no server answers in time or
// accepts the login; kind Conflict, with the database unchanged, for a database of another program or of a newer version. No error shows
// the URI's password.
func Open(ctx context.Context, uri string) (*Store, error) {
	s, err := openDatabase(ctx, uri, (*Store).setUp)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	return s, nil
}

// OpenReadOnly connects to a ledger's database for verify, export and a copy, also while servers write to the database. Nothing is created,
// no index either (see MissingIndexes). Methods that write answer an error. Errors as Open; a database that does not exist is an Error of
// kind NotFound.
func OpenReadOnly(ctx context.Context, uri string) (*Store, error) {
	s, err := openDatabase(ctx, uri, (*Store).checkLedger)
	if err != nil {
		return nil, fmt.Errorf("open store for reading: %w", err)
	}
	s.readOnly = true
	return s, nil
}

// openDatabase connects, and calls ready to set up or to check the database.
func openDatabase(ctx context.Context, uri string, ready func(*Store, context.Context) error) (*Store, error) {
	opts, name, err := clientOptions(uri)
	if err != nil {
		return nil, err
	}
	hosts := opts.Hosts
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	client, err := mongo.Connect(opts)
	if err != nil {
		return nil, badURI(err)
	}
	s := &Store{client: client, db: client.Database(name)}
	s.records, s.lots, s.documents = s.db.Collection("records"), s.db.Collection("lots"), s.db.Collection("documents")
	s.scans, s.blobs, s.pieces = s.db.Collection("scans"), s.db.Collection("blobs"), s.db.Collection("blobPieces")
	s.uploads, s.meta = s.db.Collection("uploads"), s.db.Collection("meta")
	if err := ready(s, ctx); err != nil {
		if ctx.Err() == nil {
			err = startError(hosts, name, err)
		}
		return nil, errors.Join(s.wrapError(ctx, "set up database "+name, err), s.Close())
	}
	return s, nil
}

// clientOptions reads the URI. Durability and order do not depend on the URI's options: writes are acknowledged by the majority and are in
// the journal, reads are majority reads from the server that takes the writes.
func clientOptions(uri string) (*options.ClientOptions, string, error) {
	parsed, err := connstring.ParseAndValidate(uri)
	if unknown := nameError(err); unknown != nil {
		return nil, "", unknown
	}
	if err != nil {
		return nil, "", badURI(err)
	}
	if err := checkName(parsed.Hosts, parsed.Database); err != nil {
		return nil, "", err
	}
	journal := true
	opts := options.Client().SetServerSelectionTimeout(maxSelectTime).SetTimeout(maxCallTime).SetAppName("yousang").ApplyURI(uri).
		SetWriteConcern(&writeconcern.WriteConcern{W: "majority", Journal: &journal}).
		SetReadConcern(readconcern.Majority()).SetReadPreference(readpref.Primary())
	if err := opts.Validate(); err != nil {
		return nil, "", badURI(err)
	}
	return opts, parsed.Database, nil
}

// badURI leaves out the text of the driver's error: some of these texts quote the URI, with its password.
func badURI(error) error {
	return trace.E(trace.Invalid, trace.CodeBadValue, "store", "value", "mongodb://…", "allowed",
		"mongodb://user:password@host:port,host:port/DATABASE?options")
}

// checkWritable is the first call of each method that writes.
func (s *Store) checkWritable(ctx context.Context) error {
	if err := s.checkOpen(ctx); err != nil {
		return err
	}
	if s.readOnly {
		return contract.ErrReadOnly
	}
	return nil
}

// SameDatabase reports whether two URIs name one database, as far as the names show: a database of the same name on a host of the same
// name.
func SameDatabase(a, b string) bool {
	hosts, name := parseAddress(a)
	more, other := parseAddress(b)
	return name == other && slices.ContainsFunc(hosts, func(h string) bool { return slices.Contains(more, h) })
}

// WithDatabase is a URI with the name of another database. Where a user is authenticated by the database of the URI, the new URI needs
// authSource.
func WithDatabase(uri, name string) string {
	head, query, asked := strings.Cut(uri, "?")
	scheme, hosts, _ := strings.Cut(head, "://")
	hosts, _, _ = strings.Cut(hosts, "/")
	if asked {
		name += "?" + query
	}
	return scheme + "://" + hosts + "/" + name
}

// parseAddress reads the hosts, with their ports, and the name of the database.
func parseAddress(uri string) (hosts []string, name string) {
	_, rest, _ := strings.Cut(uri, "://")
	rest, _, _ = strings.Cut(rest, "?")
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	list, name, _ := strings.Cut(rest, "/")
	for h := range strings.SplitSeq(strings.ToLower(list), ",") {
		if !strings.Contains(h[strings.LastIndexByte(h, ']')+1:], ":") { // an IPv6 address stands in brackets
			h += ":27017"
		}
		hosts = append(hosts, h)
	}
	return hosts, name
}

// checkOpen is the first call of each method that reads.
func (s *Store) checkOpen(ctx context.Context) error {
	if s.isClosed.Load() {
		return trace.E(trace.Unavailable, trace.CodeClosed, "")
	}
	return ctx.Err()
}

// Close waits a little for the calls under way and ends the connections. A second Close does nothing and answers as the first.
func (s *Store) Close() error {
	s.closing.Do(func() {
		s.isClosed.Store(true)
		ctx, cancel := context.WithTimeout(context.Background(), maxCloseTime)
		defer cancel()
		if err := s.client.Disconnect(ctx); err != nil {
			s.closed = fmt.Errorf("close store: %w", err)
		}
	})
	return s.closed
}

// wrapError names the operation. An error of the connection, or of a cluster that has no primary, becomes an Error of kind Unavailable; a
// write that ends with such an error may have been stored all the same.
func (s *Store) wrapError(ctx context.Context, what string, err error) error {
	var known *trace.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return fmt.Errorf("%s: %w", what, err)
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", what, errors.Join(ctx.Err(), err))
	case isUnavailable(err):
		return fmt.Errorf("%s: %w: %w", what, trace.E(trace.Unavailable, trace.CodeStoreUnavailable, ""), err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// awayCodes are the error codes of a server that is stopping, stepping down, not (yet) primary, or that cannot reach its majority.
var awayCodes = []int{6, 7, 64, 79, 89, 91, 100, 133, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436}

func isUnavailable(err error) bool {
	if mongo.IsNetworkError(err) || mongo.IsTimeout(err) || errors.Is(err, mongo.ErrClientDisconnected) || isSelectionError(err) ||
		isLoginError(err) {
		return true
	}
	var e mongo.ServerError
	if !errors.As(err, &e) {
		return false
	}
	for _, code := range awayCodes {
		if e.HasErrorCode(code) {
			return true
		}
	}
	return false
}

// notFound turns an empty answer into the Error of kind NotFound that callers know.
func notFound(err error, what string) error {
	if errors.Is(err, mongo.ErrNoDocuments) {
		return trace.E(trace.NotFound, trace.CodeNotFound, "", "value", what)
	}
	return err
}

// byID is the filter for the document with an id.
func byID(id any) bson.D { return bson.D{{Key: "_id", Value: id}} }
