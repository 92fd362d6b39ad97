package app

import (
	"context"
	"reflect"

	"github.com/yousang/yousang/internal/trace"
)

// Report is the message of a client about something that happened: a pointer to one of the structs that embed Common.
type Report interface {
	// CommonPart is the part that all reports have; an edge may set the client's id in it.
	CommonPart() *Common
}

// CommonPart makes every struct that embeds Common a Report.
func (c *Common) CommonPart() *Common { return c }

// ReportKind is one kind of report. A new kind is a struct, a function that makes its event, and a row of reportKinds.
type ReportKind struct {
	Name string        // name of the report in a batch
	New  func() Report // an empty report, for an edge to fill

	make           func(ctx context.Context, a *App, actor trace.Actor, r Report) (trace.Command, error)
	dependsOnState func(r Report) bool     // amounts are filled in from holdings or shipments at the moment the command is made
	namedLots      func(r Report) []string // lots that the report names without amounts
}

// reportKinds are all kinds of reports.
var reportKinds = []*ReportKind{
	newReportKind("harvest", (*App).makeHarvest, nil, nil),
	newReportKind("transformation", (*App).makeTransformation, func(r *Transformation) bool { return takesAll(r.Inputs) }, nil),
	newReportKind("packing", (*App).makePacking, func(r *Packing) bool { return takesAll(r.Contents) }, nil),
	newReportKind("unpacking", (*App).makeUnpacking, nil, nil),
	newReportKind("shipment", (*App).makeShipment, func(r *Shipment) bool { return takesAll(r.Lots) }, nil),
	newReportKind("receipt", (*App).makeReceipt, receivesAll, nil),
	newReportKind("loss", (*App).makeLoss, func(r *Loss) bool { return takesAll(r.Lots) }, nil),
	newReportKind("observation", (*App).makeObservation, nil, func(r *Observation) []string { return r.Lots }),
	newReportKind("status", (*App).makeStatus, func(r *Status) bool { return r.Forward }, func(r *Status) []string { return r.Lots }),
	newReportKind("correction", (*App).makeCorrection, func(*Correction) bool { return true }, nil),
	newReportKind("work", (*App).makeWork, func(r *Work) bool { return takesAll(r.Lots) }, nil),
}

// reportKindsByType finds the kind of a report.
var reportKindsByType = func() map[reflect.Type]*ReportKind {
	kinds := make(map[reflect.Type]*ReportKind, len(reportKinds))
	for _, k := range reportKinds {
		kinds[reflect.TypeOf(k.New())] = k
	}
	return kinds
}()

// newReportKind makes a row of reportKinds for reports of type T; dependsOnState and namedLots may be nil.
func newReportKind[T any, P interface {
	*T
	Report
}](name string, make func(*App, context.Context, trace.Actor, P) (trace.Command, error), dependsOnState func(P) bool,
	namedLots func(P) []string) *ReportKind {
	k := &ReportKind{Name: name, New: func() Report { return P(new(T)) }}
	k.make = func(ctx context.Context, a *App, actor trace.Actor, r Report) (trace.Command, error) {
		return make(a, ctx, actor, r.(P)) // reportKindsByType finds a kind by this very type
	}
	k.dependsOnState = func(r Report) bool { return dependsOnState != nil && dependsOnState(r.(P)) }
	k.namedLots = func(r Report) []string {
		if namedLots == nil {
			return nil
		}
		return namedLots(r.(P))
	}
	return k
}

// ReportKinds are all kinds of reports, in the order of the documentation.
func ReportKinds() []*ReportKind { return reportKinds }

// ReportKindNamed finds a kind of report by its name.
func ReportKindNamed(name string) (*ReportKind, bool) {
	for _, k := range reportKinds {
		if k.Name == name {
			return k, true
		}
	}
	return nil, false
}

// kindOfReport is the kind of a report. TestReportKinds makes sure that every report has a kind.
func kindOfReport(r Report) *ReportKind { return reportKindsByType[reflect.TypeOf(r)] }

// takesAll reports whether an amount is left out, which means the whole holding.
func takesAll(list []Taken) bool {
	for i := range list {
		if list[i].Quantity == nil {
			return true
		}
	}
	return false
}

// receivesAll reports whether a receipt leaves its shipment or an amount to be filled in from the shipment.
func receivesAll(in *Receipt) bool {
	if in.Shipment == "" || len(in.Lots)+len(in.Units) == 0 {
		return true
	}
	for i := range in.Lots {
		if in.Lots[i].Quantity == nil {
			return true
		}
	}
	return false
}
