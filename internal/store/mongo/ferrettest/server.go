// Package ferrettest holds the tests of the MongoDB store against a server: FerretDB, which speaks MongoDB's protocol over SQLite, started
// in this process. The package is a module of its own so that the main go.mod stays free of FerretDB.
package ferrettest

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/FerretDB/FerretDB/ferretdb"
)

// Server is a FerretDB in this process.
type Server struct {
	URI  string // mongodb://127.0.0.1:PORT, without a slash and without a database
	stop context.CancelFunc
	done chan struct{}
}

// Start starts a server on a free loopback port that keeps its files in folder, which must exist.
func Start(folder string) (*Server, error) {
	f, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Logger:    slog.New(slog.DiscardHandler), // the server logs each command
		Handler:   "sqlite",
		SQLiteURL: "file:" + folder + "/",
	})
	if err != nil {
		return nil, fmt.Errorf("start FerretDB: %w", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Server{stop: stop, done: make(chan struct{})}
	go func() {
		defer close(s.done)
		_ = f.Run(ctx) // it never answers an error
	}()
	s.URI = strings.TrimSuffix(f.MongoDBURI(), "/")
	return s, nil
}

// Close ends the server and its connections.
func (s *Server) Close() {
	s.stop()
	<-s.done
}
