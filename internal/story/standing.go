package story

import (
	"slices"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// StandingWords is the standing 状态 of a lot or of an item in words.
type StandingWords struct {
	State string // active | hold | recalled | void | unknown: picks the colour and the icon
	Word  string // 正常
	Say   string // one sentence
	Why   string // the reason on record, with its date
	Do    string // what the reader should do now
}

// Standing says whether the lot is all right, why not, and what to do. Errors: unknown lot.
func (s *Story) Standing() (StandingWords, error) {
	standing, err := s.Ledger.StandingIn(s.Trace)
	if err != nil {
		return StandingWords{}, err
	}
	v := s.DescribeStanding(standing)
	v.Why = s.standingReason()
	if v.State != "active" {
		v.Do = s.Printer.T("page.state." + v.State + ".do")
	}
	return v, nil
}

// DescribeStanding puts the standing of a lot into words. A lot is not called all right while a lot behind it is recalled or on hold, even
// where no record names the lot itself.
func (n *Namer) DescribeStanding(standing *trace.Standing) StandingWords {
	page := standing.Page()
	if page.Upstream != "" {
		message := "page.upstream." + page.Upstream
		return StandingWords{State: page.State, Word: n.Printer.T(message), Say: n.Printer.T(message + ".text")}
	}
	message := "page.state." + page.State
	return StandingWords{State: page.State, Word: n.Printer.T(message), Say: n.Printer.T(message + ".text")}
}

// RankState orders states from good (0) to bad.
func RankState(state string) int {
	switch state {
	case "recalled":
		return 4
	case "hold":
		return 3
	case "void":
		return 2
	case "unknown":
		return 1
	}
	return 0
}

// withdrawalReason is why an event was withdrawn: in words where the reason is one of the two that EPCIS names (CBV 2.0, 7.6), else as the
// clerk wrote the reason.
func (s *Story) withdrawalReason(reason string) string {
	switch reason {
	case "did_not_occur", "incorrect_data":
		return s.Printer.T("page.declared." + reason)
	}
	return maskNumbers(reason)
}

// standingReason is the reason on record for the lot's status, with the organisation that gave the reason, and the date.
func (s *Story) standingReason() string {
	disposition := map[string]string{"recalled": trace.DispositionRecalled, "hold": trace.DispositionHold}[s.Root.Status]
	text := ""
	for i := range s.records {
		rec := &s.records[i]
		ev := s.events[rec.Seq]
		if !slices.Contains(s.Root.Events, rec.Seq) {
			continue
		}
		switch {
		case disposition != "" && ev.Declaration == nil && ev.Persistent != nil && slices.Contains(ev.Persistent.Set, disposition):
			text = s.writeReason(ev.Time.Time, rec.Org, maskNumbers(ev.Reason))
		case s.Root.Status == "void" && ev.Declaration != nil:
			text = s.writeReason(ev.Declaration.Time.Time, rec.Org, s.withdrawalReason(ev.Declaration.Reason))
		}
	}
	return text
}

func (s *Story) writeReason(at time.Time, org, reason string) string {
	return s.Printer.T("page.why", "Date", s.Printer.Date(at), "Who", s.OrganisationName(org), "Why", reason)
}
