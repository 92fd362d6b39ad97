package register

import "github.com/yousang/yousang/internal/trace"

// Code names what is wrong with a cell, a row or a file. Its wording is the message "register." with the code in internal/locale. A problem
// found by the ledger or a chain carries the code of its trace.Error or trace.Question instead.
type Code string

// Reasons for which a row is bad: the row is reported and not recorded.
const (
	CodeDateMissing      Code = "date_missing"
	CodeDateImpossible   Code = "date_impossible"    // 13 月 5 日
	CodeDateUnreadable   Code = "date_unreadable"    //
	CodeDateYear         Code = "date_without_year"  // neither the cell nor the title says the year
	CodeDateFar          Code = "date_far"           // a year away from the register's (year)
	CodeDateFuture       Code = "date_future"        //
	CodeGrowerMissing    Code = "grower_missing"     //
	CodeGrowerPersonal   Code = "grower_personal"    // a name, telephone or identity number where a code belongs
	CodePlaceMissing     Code = "place_missing"      // no plot, no village
	CodeNumberMissing    Code = "number_missing"     //
	CodeNumberUnreadable Code = "number_unreadable"  // 9..3, 约800
	CodeNumberNegative   Code = "number_negative"    //
	CodeNumberZero       Code = "number_zero"        //
	CodeNumberNotWhole   Code = "number_not_whole"   // half a fruit
	CodeNumberUnit       Code = "number_unit"        // a unit in the cell that is not a weight or count (unit)
	CodeShareAbove       Code = "share_above"        // more than 100 %
	CodePartAbove        Code = "part_above_whole"   // more premium fruits than fruits (whole)
	CodeMoneyDiffers     Code = "money_differs"      // weight × price is not the amount (product)
	CodeRowTwice         Code = "row_twice"          // (first)
	CodeUseAfterHarvest  Code = "use_after_harvest"  // (date)
	CodeIntervalNamed    Code = "interval_named"     // (agent, used, gap, days, until)
	CodeIntervalUnnamed  Code = "interval_unnamed"   // (used, gap, days, until)
	CodeIntervalOther    Code = "interval_other_row" // the same plot, by another row's remark (agent, used, gap, days, other)
	CodeUsesExceeded     Code = "uses_exceeded"      // (agent, uses)
	CodeTextBroken       Code = "text_broken"        // characters that could not be decoded
	CodeFormulaEmpty     Code = "formula_no_value"   // a formula whose value the file does not hold
	CodeOtherStation     Code = "other_station"      // (station)
	CodeChanged          Code = "changed"            // recorded before with another quantity (lot, recorded)
	CodeChangedDetails   Code = "changed_details"    // recorded before with other details
)

// Warnings: worth a look, though the rows are taken.
const (
	CodeSumDiffers     Code = "sum_differs"      // (counted, difference)
	CodeSumSkipsText   Code = "sum_skips_text"   // numbers kept as text were left out (counted, difference, rows)
	CodeSumSkipsTwice  Code = "sum_skips_twice"  // a row that is there twice was counted once (counted, difference, rows)
	CodeSumSkipsBoth   Code = "sum_skips_both"   // (counted, difference, rows)
	CodeSumUnreadable  Code = "sum_unreadable"   //
	CodeSprayDiffers   Code = "spray_differs"    // another row of the plot has a later last use (other, used, gap)
	CodeRemarkPersonal Code = "remark_left_out"  // may hold a telephone number
	CodeUnitDiffers    Code = "unit_differs"     // header and title name different units (header_unit, title_unit)
	CodeSheetSkipped   Code = "sheet_not_a_list" // a sheet of the workbook that is no register
)

// Faults of the whole file; nothing of the file is recorded.
const (
	CodeFileKind     Code = "file_kind"      // (value)
	CodeFileLocked   Code = "file_locked"    // encrypted
	CodeFileEmpty    Code = "file_empty"     //
	CodeFileLarge    Code = "file_large"     // (limit)
	CodeFileRows     Code = "file_rows"      // (limit)
	CodeNoRegister   Code = "no_register"    // no header row of a known register
	CodeNoUnit       Code = "no_unit"        //
	CodeUnitUnknown  Code = "unit_unknown"   // (value)
	CodeNoOrg        Code = "no_org"         // neither the register nor the caller says whose it is
	CodeOrgMissing   Code = "org_missing"    // (org)
	CodeOrgDiffers   Code = "org_differs"    // (org, own)
	CodeOrgAmbiguous Code = "org_ambiguous"  // (org)
	CodeNotAllowed   Code = "not_allowed"    //
	CodeNoProduct    Code = "product_absent" // (product)
)

// fileFault is what is wrong with a whole file.
type fileFault struct {
	Code Code
	Args map[string]string
}

func newFault(code Code, args ...string) *fileFault { return &fileFault{code, makeArgs(args)} }

func makeArgs(args []string) map[string]string {
	if len(args) == 0 {
		return nil
	}
	m := make(map[string]string, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		m[args[i]] = args[i+1]
	}
	return m
}

// toTraceError converts a fault to the error vocabulary of the module, for callers that answer with a status.
func (f *fileFault) toTraceError() error {
	switch f.Code {
	case CodeFileLarge, CodeFileRows:
		return trace.E(trace.TooLarge, trace.CodeTooLarge, "file", "limit", f.Args["limit"])
	case CodeFileEmpty:
		return trace.E(trace.Invalid, trace.CodeRequired, "file")
	case CodeOrgMissing:
		return trace.E(trace.NotFound, trace.CodeUnknownThing, "org", "thing", "organisation", "value", f.Args["org"])
	case CodeNoProduct:
		return trace.E(trace.NotFound, trace.CodeUnknownThing, "product", "thing", "product", "value", f.Args["product"])
	case CodeOrgDiffers, CodeNotAllowed:
		return trace.E(trace.Forbidden, trace.CodeNotAllowed, "org")
	case CodeNoOrg, CodeOrgAmbiguous:
		return trace.E(trace.Invalid, trace.CodeRequired, "org", "in", "register")
	case CodeNoRegister:
		return trace.E(trace.Invalid, trace.CodeRequired, "header")
	case CodeNoUnit, CodeUnitUnknown:
		return trace.E(trace.Invalid, trace.CodeUnknownUnit, "unit", "value", f.Args["value"])
	}
	return trace.E(trace.Invalid, trace.CodeBadValue, "file", "value", f.Args["value"], "allowed", "XLSX CSV")
}
