package app

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"testing"
)

// TestReportKinds: every struct that embeds Common is a report with a row in reportKinds, and a report finds its own row.
func TestReportKinds(t *testing.T) {
	rows := map[string]bool{}
	for _, k := range ReportKinds() {
		if found := kindOfReport(k.New()); found != k {
			t.Errorf("a report of the kind %s is taken for %v", k.Name, found)
		}
		rows[reflect.TypeOf(k.New()).Elem().Name()] = true
	}
	file, err := parser.ParseFile(token.NewFileSet(), "report_types.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	structs := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		body, ok := spec.Type.(*ast.StructType)
		if !ok || len(body.Fields.List) == 0 {
			return true
		}
		first, ok := body.Fields.List[0].Type.(*ast.Ident)
		if ok && first.Name == "Common" && len(body.Fields.List[0].Names) == 0 {
			structs++
			if !rows[spec.Name.Name] {
				t.Errorf("%s has no row in reportKinds", spec.Name.Name)
			}
		}
		return true
	})
	if structs != len(rows) {
		t.Errorf("%d structs embed Common, %d kinds of reports", structs, len(rows))
	}
}
