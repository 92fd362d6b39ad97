package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"

	"github.com/yousang/yousang/internal/store/contract"
	"github.com/yousang/yousang/internal/trace"
)

const addScan = `INSERT INTO scans (code, day, region, count, first, last) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (code, day, region) DO UPDATE SET count = count + excluded.count,
  first = min(coalesce(first, excluded.first), coalesce(excluded.first, first)),
  last = max(coalesce(last, excluded.last), coalesce(excluded.last, last))`

// AddScans implements trace.Store.
func (s *Store) AddScans(ctx context.Context, scans []trace.Scan) error {
	err := s.writer.lend(ctx, func(c *conn) error {
		return c.inTransaction(ctx, func() error {
			for _, n := range scans {
				row := []driver.Value{n.Code, n.Day, n.Region, n.Count, toMillis(n.First), toMillis(n.Last)}
				if err := c.execute(context.WithoutCancel(ctx), addScan, row...); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return fmt.Errorf("add scans: %w", err)
	}
	return nil
}

// Scans implements trace.Store.
func (s *Store) Scans(ctx context.Context, code string) ([]trace.Scan, error) {
	out, err := s.readScans(ctx, "WHERE code = ? ORDER BY day, region", code)
	if err != nil {
		return nil, fmt.Errorf("read scans: %w", err)
	}
	return out, nil
}

// AllScans implements trace.Store.
func (s *Store) AllScans(ctx context.Context, after trace.Scan, limit int) ([]trace.Scan, error) {
	if err := contract.CheckLimit(limit); err != nil {
		return nil, fmt.Errorf("list scans: %w", err)
	}
	which, args := "", []driver.Value{}
	if after != (trace.Scan{}) {
		which, args = "WHERE (code, day, region) > (?, ?, ?) ", []driver.Value{after.Code, after.Day, after.Region}
	}
	out, err := s.readScans(ctx, which+"ORDER BY code, day, region LIMIT ?", append(args, int64(limit))...)
	if err != nil {
		return nil, fmt.Errorf("list scans: %w", err)
	}
	return out, nil
}

func (s *Store) readScans(ctx context.Context, which string, args ...driver.Value) ([]trace.Scan, error) {
	var out []trace.Scan
	err := s.readers.lend(ctx, func(c *conn) error {
		return c.eachRow(ctx, "SELECT code, day, region, count, first, last FROM scans "+which, args, func(v []driver.Value) (bool, error) {
			out = append(out, trace.Scan{Code: toText(v[0]), Day: toText(v[1]), Region: toText(v[2]), Count: toInt(v[3]),
				First: toTime(v[4]), Last: toTime(v[5])})
			return true, nil
		})
	})
	return out, err
}
