package consumer_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// Readers beside a writer: no reader gets an error, and when the writer is done the page shows the last record.
func TestReadersBesideAWriter(t *testing.T) {
	w := newWorld(t).MakePomelo()
	path := w.LotPath("jars")
	var readers sync.WaitGroup
	stop := make(chan struct{})
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				req := httptest.NewRequest(http.MethodGet, path, nil)
				res, err := w.Server.Test(req, -1)
				if err != nil || res.StatusCode != http.StatusOK {
					t.Errorf("read: %v", err)
					return
				}
				if err := res.Body.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 10 {
		w.SetStatus("hold", "核查", false, "jars")
		w.SetStatus("release", "", false, "jars")
	}
	w.SetStatus("recall", "残留超标", false, "jars")
	close(stop)
	readers.Wait()
	w.Open(path).CheckText(".band .word", "已召回")
}
