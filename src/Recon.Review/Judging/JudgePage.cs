using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Decisions;
using Recon.Postgres.Lookups;
using Recon.Postgres.Queries.Review;
using Recon.Postgres.Staging;
using Recon.Review.Markup;
using Recon.Review.Web;

namespace Recon.Review.Judging;

/// <summary>The records that a machine must not decide about, one after the other: by keys or by buttons.</summary>
internal static class JudgePage
{
    private const string State = "state";
    private const string Id = "id";
    private const string Hash = "hash";
    private const string Seen = "seen";
    private const string Verdict = "decision";
    private const string Note = "note";
    private const string Standing = "standing";
    private const string NoDecision = "none";
    private const int MostNote = 1000;

    // What takes longer is not waited for: the counts only tell how much is left.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(250);

    public static Web.ReviewPage Page { get; } = new("Judge", JudgeState.Path, Map);

    private static void Map(ReviewRoutes routes)
    {
        routes.Get(JudgeState.Path, request => ShowAsync(request, JudgeState.Of(request, request.QueryText, request.Query), null));
        routes.Post(JudgeState.Decide, DecideAsync);
        routes.Post(JudgeState.Undo, UndoAsync);
        routes.Get(JudgeState.Alike, AlikePage.ShowAsync);
        routes.Post(JudgeState.ApplyAlike, AlikePage.ApplyAsync);
    }

    /// <summary>The state that a form sends along.</summary>
    internal static JudgeState? StateOf(PageRequest request, IFormCollection form)
    {
        string query = form[State].ToString();
        Dictionary<string, Microsoft.Extensions.Primitives.StringValues> values = QueryHelpers.ParseQuery(query);
        return JudgeState.Of(request, query, key => values.TryGetValue(key, out Microsoft.Extensions.Primitives.StringValues value) && value is [{ Length: > 0 } first, ..] ? first : null);
    }

    /// <summary>The first button of a form is what Enter in a field of it presses: one that cannot be pressed.</summary>
    private static Html NoDefault { get; } = Html.Of($"""<button disabled hidden></button>""");

    /// <summary>Tells a decision from one that took its place.</summary>
    internal static string StampOf(Decision? decision) => decision?.DecidedAt.UtcTicks.ToString(CultureInfo.InvariantCulture) ?? NoDecision;

    internal static Html StandingField(Decision decision) => Html.Of($"""<input type="hidden" name="{Id}" value="{decision.LegacyId}"><input type="hidden" name="{Standing}" value="{StampOf(decision)}">""");

    internal static Html StateField(JudgeState state) => Html.Of($"""<input type="hidden" name="{State}" value="{state.ToQuery()}">""");

    internal static PageAnswer NoPipeline { get; } = PageAnswer.Refused(StatusCodes.Status404NotFound, "There is no such pipeline on this page.");

    /// <summary>Shows the record that comes next.</summary>
    /// <param name="told">What has just happened.</param>
    internal static async Task<PageAnswer> ShowAsync(PageRequest request, JudgeState? state, Told? told)
    {
        if (state is null)
        {
            return NoPipeline;
        }

        Html body;
        try
        {
            body = await BodyAsync(request, state, told);
        }
        catch (Exception exception) when (exception is StagingException or MirrorException)
        {
            body = Html.Of($"""<section id="judge"><p class="calm">{exception.Message}</p></section>""");
        }

        return request.IsFragment ? PageAnswer.Fragment(body)
            : request.Page($"Judge {state.Pipeline.Name}", Html.Of($"""<h1 class="unseen">Judge {state.Pipeline.Name}: {state.Kind}</h1>{body}"""));
    }

    private static async Task<Html> BodyAsync(PageRequest request, JudgeState state, Told? told)
    {
        ReviewReader reader = request.Settings.ReaderOf(state.Pipeline);
        Task<FacetCounts> counting = reader.FacetsAsync(new ReviewFilter { Decided = "no" }, request.Settings.Stopping);
        string? id = state.At;
        if (id is null)
        {
            Postgres.Queries.Review.ReviewPage page = await reader.PageAsync(state.Left, state.After, 1, request.Stop);
            id = page.Rows is [{ LegacyId: { } next }] ? next : null;
        }

        IReadOnlyList<long>? tried = long.TryParse(state.Try?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? [number] : null;
        ComparedRecord? record = id is null ? null : (await reader.CompareAsync([id], tried, request.Stop)).SingleOrDefault();
        Html work = record is null ? Nothing(state, id) : await RecordAsync(request, state, reader, record, tried is not null);
        bool isCounted = counting == await Task.WhenAny(counting, Task.Delay(s_patience, request.Settings.Clock, request.Stop));
        FacetCounts? counts = isCounted ? await counting : null;
        Decision? last = request.Settings.IsReadOnly ? null : await LatestAsync(request, state.Pipeline);
        return Html.Of($"""
            <section id="judge" data-say="{told?.Words ?? (record is null ? "Nothing is left." : $"{state.Pipeline.Name} {record.Row.LegacyId}")}">
            {PipelineTabs.Of(request.Settings.Pipelines, state.Pipeline, each => new JudgeState(each, state.Kind, ReviewFilter.All, null, null, null, state.IsBlind).Address)}{JudgeFrame.Queues(state, counts)}
            {(told is null ? Html.None : Html.Of($"""<p class="{(told.IsRefusal ? "alert" : "told")}">{told.Words}</p>"""))}{work}
            {JudgeFrame.Undo(state, last)}</section>
            """);
    }

    private static async Task<Html> RecordAsync(PageRequest request, JudgeState state, ReviewReader reader, ComparedRecord record, bool isTried)
    {
        var view = new JudgeView(request.Settings, state, record);
        string stamp = StampOf(await FindAsync(request, state.Pipeline, record.Row.LegacyId!));
        Html side = record.Row.Status == JudgeState.Conflict && !isTried
            ? ConflictTable.Of(view, await reader.ConflictAsync(record.Row.LegacyId!, request.Stop))
            : record.Candidates.Count > 0 ? CandidateTable.Of(view, isTried)
            : CandidateTable.Alone(view, await reader.RecordAsync(record.Row.LegacyId!, request.Stop));
        return Html.Of($"""
            <article class="judged">{JudgeFrame.Head(view)}
            <form method="post" action="{JudgeState.Decide}" hx-post="{JudgeState.Decide}" hx-target="#judge" hx-swap="outerHTML settle:0s">{NoDefault}{StateField(state with { At = null, Try = null })}<input type="hidden" name="{Id}" value="{record.Row.LegacyId}"><input type="hidden" name="{Hash}" value="{record.Hash}"><input type="hidden" name="{Standing}" value="{stamp}">
            {record.Candidates.Select(candidate => Html.Of($"""<input type="hidden" name="{Seen}" value="{candidate.HubspotId.ToString(CultureInfo.InvariantCulture)} {candidate.Hash}">"""))}
            {side}{JudgeFrame.Verbs(view)}</form>{JudgeFrame.Other(view)}</article>
            """);
    }

    private static Html Nothing(JudgeState state, string? id) => id is not null
        ? Html.Of($"""<p class="calm">No record of {state.Pipeline.Name} is staged under this id any more. <a href="{(state with { At = null, Try = null }).Address}" data-key="s" data-focus>Go on</a></p>""")
        : state.After is null
            ? Html.Of($"""<p class="calm">Nothing is left to decide here: no undecided record is {state.Kind}.</p>""")
            : Html.Of($"""<p class="calm">That was the last one. Records that were skipped wait at the beginning: <a href="{(state with { After = null, At = null, Try = null }).Address}" data-key="s" data-focus>start again</a>.</p>""");

    private static async Task<PageAnswer> DecideAsync(PageRequest request)
    {
        IFormCollection form = await request.FormAsync();
        if (StateOf(request, form) is not { } state || form[Id] is not [{ Length: > 0 } id] || form[Verdict] is not [{ } verdict])
        {
            return PageAnswer.Refused(StatusCodes.Status400BadRequest, "This form says too little. Load the page again. Nothing was decided.");
        }

        string[] seen = [.. form[Seen].OfType<string>()];
        long? hubspot = null;
        ChosenRow? keep = null;
        switch (verdict.Split(' '))
        {
            case ["no-match"]:
                break;
            case ["match", var number] when long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long chosen):
                hubspot = chosen;
                if (await WhyNotAsync(request, state, id, chosen, seen) is { } why)
                {
                    return await ShowAsync(request, state with { At = id }, new Told(why, IsRefusal: true));
                }

                break;
            case ["keep-row", var place, var line] when int.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out int row):
                SourceRowSet rows = await request.Settings.ReaderOf(state.Pipeline).ConflictAsync(id, request.Stop);
                keep = row < rows.Rows.Count && rows.Rows[row].Line.ToString(CultureInfo.InvariantCulture) == line ? rows.Rows[row].Chosen : null;
                if (keep is null)
                {
                    return await ShowAsync(request, state with { At = id }, new Told($"The row is not there any more. {rows.WhyNone}".TrimEnd() + " Nothing was decided.", IsRefusal: true));
                }

                break;
            default:
                return PageAnswer.Refused(StatusCodes.Status400BadRequest, "This is no decision that there is. Nothing was decided.");
        }

        if (form[Standing] is [{ Length: > 0 } standing] && await FindAsync(request, state.Pipeline, id) is var now && StampOf(now) != standing)
        {
            return await ShowAsync(request, state with { At = id }, new Told(
                $"Meanwhile {(now is null ? "the decision about this record was taken back" : $"{now.DecidedBy} has decided about this record")}. Look at it again. Nothing was decided.", IsRefusal: true));
        }

        string note = form[Note].ToString().Trim();
        DecisionResult result = await ServiceOf(request).DecideAsync(
            new DecisionRequest(
                state.Pipeline, id, keep is not null ? DecisionKind.KeepRow : hubspot is null ? DecisionKind.NoMatch : DecisionKind.Match, hubspot, request.Settings.Reviewer)
            {
                Note = note.Length == 0 ? null : note[..Math.Min(note.Length, MostNote)],
                Keep = keep,
                Hash = form[Hash] is [{ Length: > 0 } hash] ? hash : null,
                Seen = EvidenceOf(seen, rule: null, state.IsBlind),
            },
            request.Stop);
        return await ShowAsync(
            request, result.State == DecisionState.Refused ? state with { At = id } : state, new Told(result.Message, result.State == DecisionState.Refused));
    }

    // A HubSpot record that is not what was seen is not chosen.
    private static async Task<string?> WhyNotAsync(PageRequest request, JudgeState state, string id, long hubspot, string[] seen)
    {
        string? hash = seen.Select(each => each.Split(' ')).FirstOrDefault(each => each is [var given, _] && given == hubspot.ToString(CultureInfo.InvariantCulture))?[1];
        return await request.Settings.ReaderOf(state.Pipeline).CompareAsync([id], [hubspot], request.Stop) switch
        {
            [{ Candidates: [{ IsMissing: false } found] }] when hash is null || found.Hash == hash => null,
            [{ Candidates: [{ IsMissing: false }] }] => $"HubSpot record {hubspot} has changed since this page showed it. Look at it again. Nothing was decided.",
            _ => $"HubSpot record {hubspot} is not in {state.Pipeline.Match.Table}. Nothing was decided.",
        };
    }

    private static async Task<PageAnswer> UndoAsync(PageRequest request)
    {
        IFormCollection form = await request.FormAsync();
        if (StateOf(request, form) is not { } state)
        {
            return NoPipeline;
        }

        string? id = form[Id] is [{ Length: > 0 } given] ? given : (await LatestAsync(request, state.Pipeline))?.LegacyId;
        if (id is null)
        {
            return await ShowAsync(request, state, new Told("There is nothing to undo.", IsRefusal: true));
        }

        if (form[Standing] is [{ Length: > 0 } standing] && StampOf(await FindAsync(request, state.Pipeline, id)) != standing)
        {
            return await ShowAsync(request, state with { At = id }, new Told("The decision about this record is another one now. Look at it again. Nothing was undone.", IsRefusal: true));
        }

        DecisionResult result = await ServiceOf(request).UndoAsync(state.Pipeline, id, request.Settings.Reviewer, request.Stop);
        return await ShowAsync(request, state with { At = result.State == DecisionState.Refused ? null : id }, new Told(result.Message, result.State == DecisionState.Refused));
    }

    internal static DecisionService ServiceOf(PageRequest request)
        => new(request.Settings.Sources, request.Settings.Definition, request.Settings.Reading.BaseDirectory, request.Settings.Clock);

    /// <summary>What a decision keeps of what was seen.</summary>
    /// <param name="seen">Candidates, each with the hash of its values.</param>
    /// <param name="rule">The rule that decided for many at once; <see langword="null"/> where one record was looked at.</param>
    internal static string EvidenceOf(IEnumerable<string> seen, string? rule, bool isBlind)
    {
        var text = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(text);
        json.WriteStartObject();
        json.WriteString("by", rule is null ? "record" : "rule");
        if (rule is not null)
        {
            json.WriteString("rule", rule);
        }

        if (isBlind)
        {
            json.WriteBoolean("blind", true);
        }

        json.WriteStartArray("candidates");
        foreach (string[] candidate in seen.Select(each => each.Split(' ')).Where(each => each.Length == 2))
        {
            json.WriteStartObject();
            json.WriteString("hubspot", candidate[0]);
            json.WriteString("hash", candidate[1]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    private static async Task<Decision?> FindAsync(PageRequest request, ValidPipeline pipeline, string id)
    {
        var tables = new StagingTables(request.Settings.Definition.Staging.Schema);
        await using NpgsqlConnection connection = await request.Settings.Database.OpenConnectionAsync(request.Stop);
        return await Recon.Postgres.Catalog.MirrorCatalog.ExistsAsync(connection, tables.Decisions, request.Stop)
            ? await new DecisionStore(tables).FindAsync(connection, pipeline.Name, id, request.Stop)
            : null;
    }

    private static async Task<Decision?> LatestAsync(PageRequest request, ValidPipeline pipeline)
    {
        var tables = new StagingTables(request.Settings.Definition.Staging.Schema);
        await using NpgsqlConnection connection = await request.Settings.Database.OpenConnectionAsync(request.Stop);
        return await Recon.Postgres.Catalog.MirrorCatalog.ExistsAsync(connection, tables.Decisions, request.Stop)
            ? await new DecisionStore(tables).LatestAsync(connection, pipeline.Name, request.Settings.Reviewer, request.Stop)
            : null;
    }
}

/// <summary>What has just happened.</summary>
internal sealed record Told(string Words, bool IsRefusal);

/// <summary>A record that is judged, with what is around it.</summary>
internal sealed record JudgeView(ReviewSettings Settings, JudgeState State, ComparedRecord Record)
{
    public ReviewRow Row => Record.Row;

    public Model.ValueShow Values { get; } = new(Settings.IsMasked, 160);
}
