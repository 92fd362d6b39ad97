package chain

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/yousang/yousang/internal/trace"
)

//go:embed templates/*.yaml
var embedded embed.FS

// Bounds of a chain file, well above what people write (ours: 14 KiB, indent 12, depth 3). The YAML library's memory grows with the
// square of the depth, so the depth is bounded before the library sees the text.
const (
	maxFile   = 128 << 10 // bytes
	maxIndent = 60        // spaces
	maxDepth  = 20        // open brackets, and marks such as "-" on one line
)

// Load reads the embedded chains and every *.yaml and *.yml at the top of the county's own folders, in order. A chain with the
// id of an earlier chain replaces the earlier chain, so a county can change 柚子 without a change of the program. Two files of
// one folder with the same id are a mistake. Errors are trace.Error with the field "file: path"; the command that starts the
// server shows the error to the administrator. A folder that cannot be read is a plain error.
func Load(dirs ...fs.FS) (*Set, error) {
	own, err := fs.Sub(embedded, "templates")
	if err != nil {
		return nil, fmt.Errorf("open embedded chains: %w", err)
	}
	s := &Set{byID: map[string]*Chain{}}
	for _, dir := range append([]fs.FS{own}, dirs...) {
		found, err := loadDir(dir)
		if err != nil {
			return nil, err
		}
		for _, c := range found {
			s.byID[c.ID] = c
		}
	}
	for _, c := range s.byID {
		s.chains = append(s.chains, c)
	}
	slices.SortFunc(s.chains, func(a, b *Chain) int { return strings.Compare(a.ID, b.ID) })
	return s, nil
}

func loadDir(dir fs.FS) ([]*Chain, error) {
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		return nil, fmt.Errorf("read chain folder: %w", err)
	}
	var found []*Chain
	for _, e := range entries {
		if ext := path.Ext(e.Name()); e.IsDir() || (ext != ".yaml" && ext != ".yml") || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		b, err := readFile(dir, e.Name())
		if err != nil {
			return nil, err
		}
		c, err := Parse(e.Name(), b)
		if err != nil {
			return nil, err
		}
		for _, o := range found {
			if o.ID == c.ID {
				return nil, trace.Malformed(c.source+": id", fmt.Sprintf("文件 %s 已有产业链 %q / file %s already has chain %q", o.source, c.ID,
					o.source, c.ID))
			}
		}
		found = append(found, c)
	}
	return found, nil
}

func readFile(dir fs.FS, name string) ([]byte, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open chain file: %w", err)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read chain file %s: %w", name, err)
	}
	return b, nil
}

// Parse reads one chain file; name is used in messages. Unknown and repeated keys, anchors and a second document are refused, and
// everything is checked: roles, dates, low ≤ typical ≤ high. Errors: trace.Error with field "file: path".
func Parse(name string, b []byte) (*Chain, error) {
	if len(b) > maxFile {
		return nil, trace.E(trace.TooLarge, trace.CodeTooLarge, name, "limit", fmt.Sprint(maxFile))
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff")) // Windows editors write it
	if !utf8.Valid(b) {
		return nil, trace.Malformed(name, "文件不是 UTF-8 编码，请另存为 UTF-8 / the file is not UTF-8")
	}
	c, err := decodeYAML(name, b)
	if err != nil {
		return nil, err
	}
	c.source = name
	if err := c.checkChain(); err != nil {
		return nil, addFileName(name, err)
	}
	return c, nil
}

// findTooDeepLine returns the first line that is beyond the bounds, 0 where no line is.
func findTooDeepLine(tokens token.Tokens) int {
	depth, line, marks := 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			line, marks = t.Position.Line, 0
			if t.Position.Column > maxIndent {
				return max(1, line)
			}
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.SequenceEntryType, token.MappingKeyType, token.TagType, token.AnchorType, token.AliasType:
			marks++ // several on one line nest in one another
		}
		if depth > maxDepth || marks > maxDepth {
			return max(1, line)
		}
	}
	return 0
}

// decodeYAML turns text into a Chain. The parser is a library and the text comes from outside, so a panic of the parser becomes
// an error of the file.
func decodeYAML(name string, b []byte) (c *Chain, err error) {
	defer func() {
		if p := recover(); p != nil {
			c, err = nil, trace.Malformed(name, "文件无法解析 / the file cannot be parsed")
		}
	}()
	tokens := lexer.Tokenize(string(b))
	if line := findTooDeepLine(tokens); line > 0 {
		return nil, trace.Malformed(name, fmt.Sprintf("第 %d 行：嵌套太深 / line %d: nested too deep", line, line))
	}
	f, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey()) // the decoder reports repeated keys better
	if err != nil {
		return nil, wordSyntaxError(name, err)
	}
	docs := slices.DeleteFunc(f.Docs, func(d *ast.DocumentNode) bool { return d == nil || d.Body == nil })
	if len(docs) != 1 {
		return nil, trace.Malformed(name, "一个文件只写一条产业链 / a file holds exactly one chain")
	}
	var w plainOnly
	ast.Walk(&w, docs[0].Body)
	if w.line > 0 {
		return nil, trace.Malformed(name, fmt.Sprintf("第 %d 行：不能使用 & * << ! 这些引用和标签 / line %d: anchors, aliases and tags are not allowed",
			w.line, w.line))
	}
	c = &Chain{}
	if err := yaml.NodeToValue(docs[0].Body, c, yaml.Strict()); err != nil {
		return nil, wordSyntaxError(name, err)
	}
	return c, nil
}

// plainOnly finds the nodes that make a small file large, or that give a key another meaning.
type plainOnly struct{ line int }

func (w *plainOnly) Visit(n ast.Node) ast.Visitor {
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode:
		if w.line == 0 {
			w.line = max(1, n.GetToken().Position.Line)
		}
	}
	return w
}

// wordSyntaxError words an error of the YAML library, with its line.
func wordSyntaxError(name string, err error) error {
	line := 0
	var y yaml.Error
	if errors.As(err, &y) && y.GetToken() != nil && y.GetToken().Position != nil {
		line = y.GetToken().Position.Line
	}
	var unknown *yaml.UnknownFieldError
	var double *yaml.DuplicateKeyError
	var kind *yaml.TypeError
	var shape *yaml.UnexpectedNodeTypeError
	zh, en := "格式不对（检查缩进、冒号后的空格、引号）", "not valid YAML (check indentation, the space after a colon, quotes)"
	switch {
	case errors.As(err, &unknown):
		zh, en = "不认识的字段 "+tokenText(y), "unknown key "+tokenText(y)
	case errors.As(err, &double):
		zh, en = "重复的字段 "+tokenText(y), "repeated key "+tokenText(y)
	case errors.As(err, &kind), errors.As(err, &shape):
		zh, en = "这里的值类型不对 "+tokenText(y), "a value of the wrong kind "+tokenText(y)
	}
	return trace.Malformed(name, fmt.Sprintf("第 %d 行：%s / line %d: %s", line, zh, line, en))
}

func tokenText(y yaml.Error) string {
	if y == nil || y.GetToken() == nil {
		return ""
	}
	return fmt.Sprintf("%q", trace.Clip(y.GetToken().Value))
}

// addFileName puts the name of the file before the path of an error.
func addFileName(name string, err error) error {
	var e *trace.Error
	if !errors.As(err, &e) {
		return err
	}
	c := *e
	c.Field = strings.TrimSuffix(name+": "+c.Field, ": ")
	return &c
}
