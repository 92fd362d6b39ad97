package main

import (
	"go/ast"
	"go/token"
	"strconv"
)

// finder collects the edits of one file.
type finder struct {
	file    *sourceFile
	offset  func(token.Pos) int
	edits   []edit
	parents []ast.Node
}

// findEdits lists all mutations of a file.
func findEdits(s *source, file *sourceFile) []edit {
	base := s.fileSet.File(file.syntax.Pos())
	f := &finder{file: file, offset: base.Offset}
	ast.Inspect(file.syntax, func(n ast.Node) bool {
		if n == nil {
			f.parents = f.parents[:len(f.parents)-1]
			return true
		}
		if _, isImport := n.(*ast.ImportSpec); isImport {
			return false
		}
		f.visit(n)
		f.parents = append(f.parents, n)
		return true
	})
	return f.edits
}

func (f *finder) visit(n ast.Node) {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		f.addOperators(n.OpPos, n.Op)
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			f.add("negation", n.OpPos, n.X.Pos(), "")
		}
	case *ast.BasicLit:
		f.addLiteral(n)
	case *ast.Ident:
		if n.Name == "true" || n.Name == "false" {
			f.add("boolean", n.Pos(), n.End(), strconv.FormatBool(n.Name != "true"))
		}
	case *ast.FuncDecl:
		if n.Body != nil {
			f.addEarlyReturn(n.Type, n.Body)
		}
	case *ast.CompositeLit:
		f.addFields(n)
	case ast.Stmt:
		f.visitStatement(n)
	}
}

func (f *finder) visitStatement(n ast.Stmt) {
	switch n := n.(type) {
	case *ast.IfStmt:
		f.addCondition(n)
	case *ast.ExprStmt:
		f.add("call", n.Pos(), n.End(), "if false { "+f.textOf(n)+" }")
	case *ast.DeferStmt:
		f.add("call", n.Pos(), n.End(), "if false { "+f.textOf(n)+" }")
	case *ast.AssignStmt:
		f.addAssignment(n)
	case *ast.IncDecStmt:
		f.add("assignment", n.TokPos, n.TokPos+2, map[token.Token]string{token.INC: "--", token.DEC: "++"}[n.Tok])
	case *ast.BranchStmt:
		if swapped := map[token.Token]string{token.BREAK: "continue", token.CONTINUE: "break"}[n.Tok]; swapped != "" {
			f.add("loop", n.Pos(), n.Pos()+token.Pos(len(n.Tok.String())), swapped)
		}
	case *ast.CaseClause:
		if len(n.Body) > 0 {
			f.add("case", n.Body[0].Pos(), n.Body[len(n.Body)-1].End(), "")
		}
	case *ast.ReturnStmt:
		f.addReturn(n)
	}
}

// operators are the swaps of an operator, by kind.
var operators = map[string]map[token.Token]string{
	"boundary":   {token.LSS: "<=", token.LEQ: "<", token.GTR: ">=", token.GEQ: ">"},
	"comparison": {token.EQL: "!=", token.NEQ: "==", token.LSS: ">=", token.LEQ: ">", token.GTR: "<=", token.GEQ: "<"},
	"arithmetic": {token.ADD: "-", token.SUB: "+", token.MUL: "/", token.QUO: "*", token.REM: "*"},
	"bits":       {token.AND: "|", token.OR: "&", token.XOR: "&", token.SHL: ">>", token.SHR: "<<", token.AND_NOT: "&"},
	"logic":      {token.LAND: "||", token.LOR: "&&"},
	"assignment": {token.ADD_ASSIGN: "-=", token.SUB_ASSIGN: "+=", token.MUL_ASSIGN: "/=", token.QUO_ASSIGN: "*=", token.OR_ASSIGN: "&="},
}

func (f *finder) addOperators(pos token.Pos, op token.Token) {
	for _, kind := range allKinds {
		if swapped, ok := operators[kind][op]; ok {
			f.add(kind, pos, pos+token.Pos(len(op.String())), swapped)
		}
	}
}

func (f *finder) addLiteral(n *ast.BasicLit) {
	switch n.Kind {
	case token.INT:
		f.add("constant", n.Pos(), n.End(), "("+n.Value+" + 1)")
		f.add("constant", n.Pos(), n.End(), "("+n.Value+" - 1)")
	case token.STRING:
		if _, isTag := f.parents[len(f.parents)-1].(*ast.Field); !isTag {
			f.add("string", n.Pos(), n.End(), "("+n.Value+" + \"~\")")
		}
	}
}

// addEarlyReturn leaves a function at once with the zero value of each result.
func (f *finder) addEarlyReturn(signature *ast.FuncType, body *ast.BlockStmt) {
	statement := " return"
	if signature.Results != nil && signature.Results.List[0].Names == nil {
		for i, r := range signature.Results.List {
			if i > 0 {
				statement += ","
			}
			statement += " *new(" + f.textOf(r.Type) + ")"
		}
	}
	if len(body.List) > 0 {
		f.add("early return", body.Lbrace+1, body.Lbrace+1, statement+";")
	}
}

// addFields leaves a named field of a literal unset.
func (f *finder) addFields(n *ast.CompositeLit) {
	for i, e := range n.Elts {
		if _, named := e.(*ast.KeyValueExpr); !named {
			return
		}
		end := n.Rbrace
		if i+1 < len(n.Elts) {
			end = n.Elts[i+1].Pos()
		}
		f.add("field", e.Pos(), end, "")
	}
}

// addCondition makes a check that is always or never met. A check of an error counts as a kind of its own.
func (f *finder) addCondition(n *ast.IfStmt) {
	kind, condition := "condition", f.textOf(n.Cond)
	if b, ok := n.Cond.(*ast.BinaryExpr); ok && b.Op == token.NEQ && f.textOf(b.Y) == "nil" {
		kind = "error check"
	}
	f.add(kind, n.Cond.Pos(), n.Cond.End(), "false && ("+condition+")")
	if kind == "condition" {
		f.add(kind, n.Cond.Pos(), n.Cond.End(), "true || ("+condition+")")
	}
}

// addAssignment drops the assigned values. The right-hand side is still evaluated, so that the code compiles.
func (f *finder) addAssignment(n *ast.AssignStmt) {
	if _, ok := operators["assignment"][n.Tok]; ok {
		f.addOperators(n.TokPos, n.Tok)
		return
	}
	if n.Tok != token.ASSIGN {
		return
	}
	kind, blank := "assignment", "_"
	if call, ok := n.Rhs[0].(*ast.CallExpr); ok && f.textOf(call.Fun) == "append" {
		kind = "append"
	}
	for range n.Lhs[1:] {
		blank += ", _"
	}
	f.add(kind, n.Lhs[0].Pos(), n.Lhs[len(n.Lhs)-1].End(), blank)
}

// addReturn returns no error where there is one.
func (f *finder) addReturn(n *ast.ReturnStmt) {
	if len(n.Results) == 0 {
		return
	}
	last := n.Results[len(n.Results)-1]
	switch text := f.textOf(last); text {
	case "nil", "true", "false":
	default:
		f.add("return", last.Pos(), last.End(), "nil")
	}
}

func (f *finder) textOf(n ast.Node) string {
	return string(f.file.text[f.offset(n.Pos()):f.offset(n.End())])
}

func (f *finder) add(kind string, start, end token.Pos, text string) {
	f.edits = append(f.edits, edit{kind, f.offset(start), f.offset(end), text})
}

// allKinds are the kinds of mutation, in the order in which a sample is drawn.
var allKinds = []string{
	"boundary", "comparison", "arithmetic", "bits", "logic", "assignment", "negation", "constant", "string", "boolean", "early return",
	"field",
	"condition", "error check", "call", "append", "loop", "case", "return",
}
