package register

import (
	"context"
	"fmt"
	"sort"
	"time"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/trace"
)

// Options say for whom and how a register is imported.
type Options struct {
	Actor    trace.Actor           // an operator of the organisation, or an administrator
	Name     string                // the file's name, for the report and for a town or year the content does not state
	DryRun   bool                  // judge everything, record nothing
	Year     int                   // year of dates that state none; 0 takes the year from the title
	Progress func(done, total int) // rows; called now and then, from the importing goroutine
	Printer  *locale.Printer       // language of the report's sentences; nil means Chinese
	Now      func() time.Time      // nil means time.Now
}

// Import imports a register: its good rows are recorded as harvests, its bad rows are reported. The same or the mended file may
// be imported again; only new rows are added then. Errors: a *trace.Error where nothing of the file can be imported (the first
// problem of the report then says why in the clerk's words), where the store fails, or when ctx ends; the report then says how
// far the import came.
func Import(ctx context.Context, application *app.App, o Options, data []byte) (*Report, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Progress == nil {
		o.Progress = func(int, int) {}
	}
	if o.Printer == nil {
		p, err := locale.New()
		if err != nil {
			return nil, fmt.Errorf("load sentences: %w", err)
		}
		o.Printer = p
	}
	report := &Report{File: o.Name, DryRun: o.DryRun, Problems: []Problem{}}
	err := importFile(ctx, application, &o, data, report)
	report.completeCounts(o.Printer)
	return report, err
}

// addFault adds what is wrong with the whole file, or with one sheet, to the report.
func (r *Report) addFault(f *fileFault, sheet string) error {
	r.Problems = append(r.Problems, Problem{Severity: Bad, Sheet: sheet, Value: f.Args["value"], Code: string(f.Code), Args: f.Args})
	return f.toTraceError()
}

func importFile(ctx context.Context, application *app.App, o *Options, data []byte, report *Report) error {
	tables, bad := readTables(data)
	if bad != nil {
		return report.addFault(bad, "")
	}
	var readings []*reading
	for i := range tables {
		s := recogniseSheet(&tables[i], o)
		if s == nil {
			if len(tables[i].lines) > 0 {
				report.Problems = append(report.Problems, Problem{Severity: Warning, Sheet: tables[i].name, Code: string(CodeSheetSkipped),
					order: i})
			}
			continue
		}
		r, bad := newReading(s, i, o)
		if bad != nil {
			return report.addFault(bad, s.name)
		}
		readings = append(readings, r)
	}
	if len(readings) == 0 {
		report.Problems = nil
		return report.addFault(newFault(CodeNoRegister), "")
	}
	seen := map[string]rowPosition{}
	for _, r := range readings {
		r.readRows()
		twice := r.findRepeats(seen)
		r.checkLastUses()
		r.checkSums(twice)
		report.Rows += len(r.entries)
	}
	return recordReadings(ctx, application, o, readings, report)
}

// recordReadings judges all sheets before recording any sheet: a clerk may move a row from one sheet to another between two
// imports.
func recordReadings(ctx context.Context, application *app.App, o *Options, readings []*reading, report *Report) error {
	common := &fileState{masters: map[string]bool{}, accounted: map[string]bool{}}
	list := make([]*importer, len(readings))
	for i, r := range readings {
		list[i] = &importer{app: application, options: o, reading: r, report: report, shared: common}
	}
	err := importSheets(ctx, list)
	for _, r := range readings {
		report.Problems = append(report.Problems, r.problems...)
	}
	return err
}

// importSheets takes all sheets through each step before the next step.
func importSheets(ctx context.Context, list []*importer) error {
	for _, im := range list {
		if err := im.prepareRows(ctx); err != nil {
			return err
		}
	}
	for _, im := range list {
		if err := im.findChangedRows(ctx, im.rows); err != nil {
			return err
		}
	}
	for _, im := range list {
		if err := im.recordSprays(ctx, im.rows); err != nil {
			return err
		}
	}
	for _, im := range list {
		if err := im.recordHarvests(ctx, im.rows); err != nil {
			return err
		}
	}
	return nil
}

func newReading(s *sheet, order int, o *Options) (*reading, *fileFault) {
	unit, bad := s.findWeightUnit()
	if bad != nil {
		return nil, bad
	}
	r := &reading{sheet: s, order: order, unit: unit, today: o.Now().In(trace.ChinaTime), calendar: calendar{s.facts.year, s.from04}}
	if f := s.findField(roleWeight); f.bracket != "" && s.facts.unit != "" {
		if titled, err := trace.ParseUnit(s.facts.unit); err == nil && titled != unit {
			r.addProblem(Warning, cellValue{s.lines[s.head].number, f, f.header}, CodeUnitDiffers, "header_unit", f.bracket, "title_unit",
				s.facts.unit)
		}
	}
	return r, nil
}

// completeCounts sorts the problems in the order of the file, counts the rows that have problems, and writes the sentences.
func (r *Report) completeCounts(p *locale.Printer) {
	sort.SliceStable(r.Problems, func(i, j int) bool {
		a, b := &r.Problems[i], &r.Problems[j]
		if a.order != b.order {
			return a.order < b.order
		}
		return a.Row < b.Row
	})
	type at struct{ order, row int }
	bad, asked := map[at]bool{}, map[at]bool{}
	r.Warnings = 0
	for i := range r.Problems {
		pr := &r.Problems[i]
		switch {
		case pr.Severity == Warning:
			r.Warnings++
		case pr.Row == 0:
		case pr.Severity == Bad:
			bad[at{pr.order, pr.Row}] = true
		default:
			asked[at{pr.order, pr.Row}] = true
		}
	}
	r.Bad, r.Questions = len(bad), len(asked)
	if r.Problems == nil {
		r.Problems = []Problem{}
	}
	r.WordProblems(p)
}
