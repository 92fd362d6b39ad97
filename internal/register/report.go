package register

import (
	"strconv"
	"strings"

	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/story"
	"github.com/yousang/yousang/internal/trace"
)

// Severity says what a problem did to its row.
type Severity string

// The severities: a bad row was not recorded, a questioned one was (存疑), a warning left the row unchanged.
const (
	Bad      Severity = "bad"
	Question Severity = "question"
	Warning  Severity = "warning"
)

// Report is what became of a file. Rows counts the rows of data: Rows = Added + Already + Bad.
type Report struct {
	File      string    `json:"file"`
	Kind      string    `json:"kind,omitempty"` // "pomelo-harvest"; "" where the file is no register
	KindName  string    `json:"kindName,omitempty"`
	Org       string    `json:"org,omitempty"` // URI; in a dry run that of an organisation still to be made
	OrgName   string    `json:"orgName,omitempty"`
	DryRun    bool      `json:"dryRun,omitempty"`
	Rows      int       `json:"rows"`
	Added     int       `json:"added"`     // rows recorded now; in a dry run, rows that would be recorded
	Already   int       `json:"already"`   // rows recorded by an earlier run
	Bad       int       `json:"bad"`       // rows with a problem
	Questions int       `json:"questions"` // rows recorded now with a question 存疑
	Warnings  int       `json:"warnings"`  // problems that are neither
	Masters   int       `json:"masters"`   // places, seasons, products and organisations recorded for the rows
	Sprays    int       `json:"sprays"`    // last uses of pesticide recorded with the rows
	Ignored   []string  `json:"ignored,omitempty"`
	Problems  []Problem `json:"problems"` // by sheet and row
}

// Problem is one thing to look at. Row is 0 where the problem is about the whole file.
type Problem struct {
	Severity Severity          `json:"severity"`
	Sheet    string            `json:"sheet,omitempty"`
	Row      int               `json:"row,omitempty"`
	Column   string            `json:"column,omitempty"` // letter of a spreadsheet, header of a CSV file
	Header   string            `json:"header,omitempty"`
	Value    string            `json:"value,omitempty"` // the cell as written in the file
	Code     string            `json:"code"`
	Args     map[string]string `json:"args,omitempty"`
	Lot      string            `json:"lot,omitempty"` // the lot recorded, for a question
	Sentence string            `json:"sentence"`      // the fault and its remedy, in the language of the import

	err      *trace.Error
	question *trace.Question
	subject  story.Subject // what the question is about
	order    int           // of the sheet in the file
}

// messagePrefix begins the id of every message of this package in internal/locale; the code of a problem follows.
const messagePrefix = "register."

// sentenceIn writes what is wrong and what to do, in the Printer's language.
func (pr *Problem) sentenceIn(p *locale.Printer) string {
	switch {
	case pr.question != nil:
		namer := story.Namer{Printer: p}
		return p.Question(*pr.question, namer.PickNames(pr.subject.Names), pr.subject.Unit)
	case pr.err != nil:
		return p.Error(pr.err)
	case !p.Has(messagePrefix + pr.Code):
		return pr.Code
	}
	var values []any
	for name, value := range pr.Args {
		if p.Lang() == locale.English {
			value = strings.ReplaceAll(value, "、", ", ")
		}
		values = append(values, placeholderName(name), value)
	}
	values = append(values, "Value", pr.Value, "Header", pr.Header)
	return p.T(messagePrefix+pr.Code, values...)
}

// placeholderName is the name of an argument as messages write it: header_unit is HeaderUnit.
func placeholderName(arg string) string {
	var name strings.Builder
	for _, word := range strings.Split(arg, "_") {
		if word != "" {
			name.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return name.String()
}

// WordProblems writes the sentence of every problem in the Printer's language. Import has done so in the language that Options
// name; a report that is kept can be worded again in another language.
func (r *Report) WordProblems(p *locale.Printer) {
	for i := range r.Problems {
		r.Problems[i].Sentence = r.Problems[i].sentenceIn(p)
	}
}

// Text is the report for a terminal: the counts, then one line for each problem, with its place in the file.
func (r *Report) Text(p *locale.Printer) string {
	var b strings.Builder
	if r.Kind != "" {
		b.WriteString(r.summaryIn(p) + "\n")
	}
	for i := range r.Problems {
		pr := &r.Problems[i]
		place := pr.describePlace(p)
		if place != "" {
			place += ": "
		}
		b.WriteString(place + pr.sentenceIn(p) + "\n")
	}
	return b.String()
}

// summaryIn counts the rows in one sentence. Numbers are plain digits: the reader compares the numbers with those of a spreadsheet.
func (r *Report) summaryIn(p *locale.Printer) string {
	id := messagePrefix + "summary"
	if r.DryRun {
		id = messagePrefix + "summary_dry"
	}
	return p.T(id, "File", r.File, "Org", r.OrgName, "Rows", strconv.Itoa(r.Rows), "Added", strconv.Itoa(r.Added),
		"Already", strconv.Itoa(r.Already), "Bad", strconv.Itoa(r.Bad), "Questions", strconv.Itoa(r.Questions))
}

// describePlace names the cell: 采收登记 第 96 行 D 列（地块）.
func (pr *Problem) describePlace(p *locale.Printer) string {
	if pr.Row == 0 {
		return pr.Sheet
	}
	parts := []string{}
	if pr.Sheet != "" {
		parts = append(parts, pr.Sheet)
	}
	parts = append(parts, p.T(messagePrefix+"place_row", "Row", strconv.Itoa(pr.Row)))
	switch pr.Column {
	case "":
	case pr.Header:
		parts = append(parts, p.T(messagePrefix+"place_header", "Header", pr.Header))
	default:
		parts = append(parts, p.T(messagePrefix+"place_column", "Column", pr.Column, "Header", pr.Header))
	}
	return strings.Join(parts, " ")
}
