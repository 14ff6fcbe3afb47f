namespace Recon.Sandbox.Traps;

/// <summary>A trap that there is: the one table from which help, documentation and parsing take their names.</summary>
/// <param name="Name">As options and the control endpoint write it.</param>
/// <param name="Value">What its value is; <see langword="null"/> for one that takes none.</param>
/// <param name="On">The calls that it acts on unless told otherwise; none for all calls.</param>
/// <param name="Lasts">Whether it stays until it is taken away, rather than acting once.</param>
internal sealed record TrapInfo(TrapKind Kind, string Name, string? Value, CallKind[] On, bool Lasts, string Description)
{
    private static readonly CallKind[] s_all = [];
    private static readonly CallKind[] s_update = [CallKind.Update];
    private static readonly CallKind[] s_writes = [CallKind.Update, CallKind.Associate];
    private static readonly CallKind[] s_reads = [CallKind.Read];

    public static IReadOnlyList<TrapInfo> All { get; } =
    [
        new(TrapKind.CutBefore, "cut-before", null, s_all, false, "The connection is cut before the request is processed: nothing happens, and nobody answers."),
        new(TrapKind.CutWithin, "cut-within", null, s_all, false, "The request is processed; the connection is cut in the middle of the answer."),
        new(TrapKind.CutAfter, "cut-after", null, s_all, false, "The request is processed and what it writes stays; the connection is cut without an answer."),
        new(TrapKind.Slow, "slow", "milliseconds, 1000 unless told", s_all, true, "The request is processed, and answered after a while."),
        new(TrapKind.RateLimit, "rate-limit", "seconds of Retry-After; none: no such header", s_all, false, "429 with policyName TEN_SECONDLY_ROLLING."),
        new(TrapKind.DailyLimit, "daily-limit", null, s_all, true, "429 with policyName DAILY."),
        new(TrapKind.Locked, "locked", null, s_all, false, "423: too many writes at once."),
        new(TrapKind.Migration, "migration", "seconds of Retry-After; none: no such header", s_all, false, "477: the account is being moved to another data centre."),
        new(TrapKind.Unauthorized, "unauthorized", null, s_all, true, "401: the token has expired or was taken back."),
        new(TrapKind.Forbidden, "forbidden", null, s_all, true, "403: the token lacks a scope."),
        new(TrapKind.ServerError, "server-error", "status, 500 unless told", s_all, false, "5xx before the request is processed."),
        new(TrapKind.ServerErrorAfter, "server-error-after", "status, 502 unless told", s_all, false, "5xx although the request was processed and what it writes stays."),
        new(TrapKind.ErrorsIn200, "errors-in-200", "number of inputs, 1 unless told", s_writes, true, "Inputs fail, and the status is 200 in either version."),
        new(TrapKind.ErrorsIn207, "errors-in-207", "number of inputs, 1 unless told", s_writes, true, "Inputs fail, and the status is 207 in either version."),
        new(TrapKind.LeftOut, "left-out", "number of inputs, 1 unless told", s_update, true, "Inputs are neither written nor mentioned in the answer; of reads with on=read they are not mentioned."),
        new(TrapKind.EmptyResults, "empty-results", null, s_update, true, "A 2xx answer with empty results; nothing was written."),
        new(TrapKind.NotComplete, "not-complete", "status word, PENDING unless told", s_update, true, "A 2xx answer whose status is not COMPLETE, without results; nothing was written."),
        new(TrapKind.LateCommit, "late-commit", "status word, PENDING unless told", s_update, true, "As not-complete, but what was asked for is written after the answer."),
        new(TrapKind.WholeBatch, "whole-batch", null, s_update, true, "One input that is refused refuses its whole batch with 400, although all carry trace ids."),
        new(TrapKind.RefuseBatch, "refuse-batch", "property", s_update, true, "A batch with an input that sets the property (one of ids, where they are given) is refused with 400, which names the property."),
        new(TrapKind.RequiredIf, "required-if", "PROPERTY:VALUE:REQUIRED", s_update, true, "A record that has the value after an update must have REQUIRED, too, even if the update touches neither."),
        new(TrapKind.UniqueTaken, "unique-taken", "property", s_update, true, "Another record has the value already (409), whatever it is."),
        new(TrapKind.UnknownOption, "unknown-option", "property", s_update, true, "The value is no option of the property, whatever it is."),
        new(TrapKind.ReadOnly, "read-only", "property", s_update, true, "The property cannot be written."),
        new(TrapKind.TooLong, "too-long", "property", s_update, true, "The value is too long, whatever it is."),
        new(TrapKind.Merge, "merge", "id of the surviving record", s_writes, false, "Before the call is processed the records of ids are merged into another one, and vanish from answers without an error."),
        new(TrapKind.Archive, "archive", null, s_writes, false, "Before the call is processed the records of ids, or the first one, are deleted."),
        new(TrapKind.Rewrite, "rewrite", "trim, email or phone; all three unless told", s_update, true, "Values are not stored as they came: white space is trimmed, e-mail addresses get small letters, phone numbers lose their spaces."),
        new(TrapKind.Workflow, "workflow", "PROPERTY:VALUE, or PROPERTY to put the former value back", s_update, true, "A workflow changes the property right after an update that has set it; the answer still holds the value that was sent."),
        new(TrapKind.EditAfterRead, "edit-after-read", "PROPERTY:VALUE", s_reads, false, "Once a batch was read, a person changes the records of ids, or the first one: between reading and writing."),
        new(TrapKind.EditBeforeUpdate, "edit-before-update", "PROPERTY:VALUE", s_update, false, "Just before an update is processed, a person changes the records of ids, or the first one: nothing can see it in time."),
        new(TrapKind.Limit, "limit", "requests in 10 seconds, 190 unless told", s_all, true, "The rate limit is real: who asks more often gets 429 until the window has rolled on."),
        new(TrapKind.Quota, "quota", "requests", s_all, true, "The day's remainder is real: when the requests are used up, 429 with policyName DAILY."),
    ];

    public static TrapInfo Of(TrapKind kind) => All.Single(info => info.Kind == kind);
}
