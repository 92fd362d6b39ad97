package api

import "github.com/yousang/yousang/internal/trace"

// Codes are all codes an error may have, in the order of the documentation. A test compares them with internal/trace.
var Codes = []trace.Code{
	trace.CodeMalformed, CodeUnknownField, trace.CodeRequired, trace.CodeBadValue, trace.CodeBadQuantity, trace.CodeNotWhole,
	trace.CodeUnknownUnit, trace.CodeUnitMismatch, trace.CodeBadTime, trace.CodeFutureTime, trace.CodeBeforeLot, trace.CodeBadKey,
	trace.CodeKeyTaken, trace.CodeUnknownLot, trace.CodeUnknownThing, trace.CodeInsufficient, trace.CodeNotHolder, trace.CodeInputIsOutput,
	trace.CodeDuplicateLot, trace.CodeMoreOutThanIn, trace.CodeImpossible, trace.CodeLotOnHold, trace.CodeLotRecalled,
	trace.CodeReasonNeeded, trace.CodeNotInTransit, trace.CodeInsideInterval, trace.CodeTooManySerials, trace.CodeNoCount,
	trace.CodeLotVoid, trace.CodeSerialState, trace.CodeSerialKey, trace.CodeNotIssued, trace.CodeBadRow, trace.CodeTwinLink,
	trace.CodeSeasonClosed, trace.CodeWrongPlace, trace.CodeIDReused, trace.CodeSameAsBefore, trace.CodeAlreadyDeclared,
	trace.CodeUsedSince, trace.CodeUnknownEvent, trace.CodeNotAllowed, trace.CodeNotVisible, trace.CodeQueueFull,
	trace.CodeStoreUnavailable, trace.CodeBehind, trace.CodeTooLarge, trace.CodeNotFound, trace.CodeUnauthenticated, trace.CodeClosed,
	trace.CodeBadCheck, CodeMethod, CodeStarting, CodeInternal,
}
