using System.Globalization;
using System.Text;
using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Explain;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Text;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs;

/// <summary>Tells a record's whole story, by the code of a run, against the mirror as it is now. Writes nothing.</summary>
internal sealed class RecordExplainer(RunContext context)
{
    /// <summary>Finds the records with a legacy id, filtered, rejected and repeated ones included, and explains them.</summary>
    /// <param name="legacyId">The id, as the file has it or canonical.</param>
    /// <returns>The stories; none when no record has the id.</returns>
    /// <exception cref="InputException">The input cannot be used.</exception>
    /// <exception cref="Lookups.MirrorException">The mirror is not as the definition says.</exception>
    public async Task<RecordExplanation> ExplainAsync(string legacyId, CancellationToken cancellationToken)
    {
        ValidPipeline pipeline = context.Pipeline;
        string wanted = Canonical(legacyId, pipeline.Csv.IdType);
        var seen = new SeenRecords(raw => raw == wanted || Canonical(raw, pipeline.Csv.IdType) == wanted);
        RunRequest reading = context.Request with
        {
            Limit = null,
            Ids = new HashSet<string>(StringComparer.Ordinal) { wanted },
            Observer = seen,
        };
        await using var input = await RunInput.OpenAsync(reading, pipeline, cancellationToken);
        await using NpgsqlConnection control = await context.Sources.Control.OpenConnectionAsync(cancellationToken);
        var mirror = await MirrorSession.OpenAsync(context, control, input, cancellationToken);
        var teller = new StoryTeller(mirror.Plan, mirror.Context, mirror.Lookups, new RecordDiffer(mirror.Plan), mirror.Decided.Kept.GetValueOrDefault);
        IReadOnlyList<RecordStory> stories = await teller.TellAsync(input.Reader, seen, cancellationToken);
        return new RecordExplanation(
            pipeline.Name,
            wanted,
            [.. input.Reader.Files.Select(file => file.Name)],
            mirror.ClaimsMayMeet ? await SettleAsync(control, stories, cancellationToken) : stories,
            [.. input.DestroyedDates.Select(column => column.Warning), .. mirror.Misfits]);
    }

    // Who else claims the HubSpot record is known from the published result only: nobody else's records are read here.
    private async Task<IReadOnlyList<RecordStory>> SettleAsync(
        NpgsqlConnection connection, IReadOnlyList<RecordStory> stories, CancellationToken cancellationToken)
    {
        ValidPipeline pipeline = context.Pipeline;
        if (!await MirrorCatalog.ExistsAsync(connection, context.Tables.Published(pipeline.Stage), cancellationToken))
        {
            return stories;
        }

        var claims = new ClaimSettlement(context.Tables, pipeline);
        List<RecordStory> settled = [];
        foreach (RecordStory story in stories)
        {
            settled.Add(story is { Outcome: "matched", HubspotId: { } id } ? await SettleAsync(connection, claims, story, id, cancellationToken) : story);
        }

        return settled;
    }

    private async Task<RecordStory> SettleAsync(
        NpgsqlConnection connection, ClaimSettlement claims, RecordStory story, long id, CancellationToken cancellationToken)
    {
        (IReadOnlyList<(string LegacyId, string? Rule)> others, long total)
            = await claims.FindOthersAsync(connection, id, story.LegacyId, cancellationToken);
        if (total == 0)
        {
            return story;
        }

        ClaimVerdict verdict = ClaimVerdict.Of(
            [(story.LegacyId, story.Rule), .. others], total + 1, Claims.RulesByStrength(context.Pipeline));
        return verdict.Loses(story.LegacyId)
            ? story.Contested(verdict, string.Join(id.ToString(CultureInfo.InvariantCulture), claims.Listing))
            : story with { Message = $"{story.Message} It keeps its claim: {verdict.Note(id, null, null)}.".TrimStart() };
    }

    // An id that is not written as ids are can still be asked for as it stands in the file.
    private static string Canonical(string id, IdType type)
        => LegacyId.TryCanonicalise(Encoding.UTF8.GetBytes(id), type, out ReadOnlySpan<byte> canonical, out _)
            ? Encoding.UTF8.GetString(CanonicalForm.Uniform(canonical, new Utf8Scratch()))
            : Utf8WhiteSpace.Trim(id);
}

/// <summary>The stories of the records with one legacy id.</summary>
/// <param name="LegacyId">The id that was looked for, canonical where possible.</param>
/// <param name="Records">The stories, in the order of the files; empty when no record has the id.</param>
/// <param name="Warnings">Columns that are left out of runs, and why.</param>
internal sealed record RecordExplanation(
    string Pipeline,
    string LegacyId,
    IReadOnlyList<string> Files,
    IReadOnlyList<RecordStory> Records,
    IReadOnlyList<string> Warnings);
