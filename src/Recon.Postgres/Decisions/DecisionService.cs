using System.Text;
using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;
using Recon.Postgres.Catalog;
using Recon.Postgres.Connections;
using Recon.Postgres.Lookups;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Decisions;

/// <summary>What somebody wants to decide.</summary>
/// <param name="LegacyId">The record, as the file has its id or canonical.</param>
/// <param name="HubspotId">For <see cref="DecisionKind.Match"/>.</param>
/// <param name="By">Who decides.</param>
internal sealed record DecisionRequest(ValidPipeline Pipeline, string LegacyId, DecisionKind Kind, long? HubspotId, string By)
{
    public string? Note { get; init; }

    /// <summary>The row that counts, where the file has several with the id that disagree; <see langword="null"/> for none.</summary>
    public ChosenRow? Keep { get; init; }

    /// <summary>The hash of the record that was decided on; <see langword="null"/> accepts it as it is.</summary>
    public string? Hash { get; init; }

    /// <summary>What was seen and by what rule it was decided, as a JSON object; <see langword="null"/> for nothing that is kept.</summary>
    public string? Seen { get; init; }

    /// <summary>Whether it comes from a file.</summary>
    public bool IsImported { get; init; }
}

/// <summary>What became of a decision.</summary>
internal enum DecisionState
{
    /// <summary>It is recorded, and the staged row says what it comes to.</summary>
    Applied,

    /// <summary>It is recorded; the next run applies it.</summary>
    Recorded,

    /// <summary>The same was decided before.</summary>
    Unchanged,

    /// <summary>Nothing has changed.</summary>
    Refused,
}

/// <summary>What became of a decision.</summary>
/// <param name="Code">Why it was refused: one of <see cref="DecisionCodes"/>; <see langword="null"/> when it was not.</param>
/// <param name="Message">The same for people, or what happened.</param>
/// <param name="Decision">The decision as it stands now; <see langword="null"/> for none.</param>
internal sealed record DecisionResult(DecisionState State, string? Code, string Message, Decision? Decision)
{
    /// <summary>The legacy id as it is staged.</summary>
    public required string LegacyId { get; init; }
}

/// <summary>Why decisions are refused.</summary>
internal static class DecisionCodes
{
    public const string NoResult = "no-result";
    public const string UnknownRecord = "unknown-record";
    public const string RecordChanged = "record-changed";
    public const string HubspotGone = "hubspot-gone";
    public const string HubspotTaken = "hubspot-taken";
    public const string NotDecided = "not-decided";
    public const string NoConflict = "no-conflict";
}

/// <summary>
/// Makes and undoes decisions about records: each is recorded, and the published row written anew, in one transaction. It may be done while
/// a run is going on: what the run publishes has the decision, too.
/// </summary>
internal sealed class DecisionService(ReconDataSources sources, ValidDefinition definition, string baseDirectory, TimeProvider clock)
{
    // Rows that are judged at the same time.
    private const int MostAtOnce = 500;

    private readonly StagingTables _tables = new(definition.Staging.Schema);
    private readonly DecisionStore _store = new(new StagingTables(definition.Staging.Schema));

    /// <summary>Decides about a record, in place of what was decided before.</summary>
    /// <exception cref="MirrorException">The mirror is not as the definition says.</exception>
    /// <exception cref="StagingException">A table of the name is not recon's.</exception>
    public async Task<DecisionResult> DecideAsync(DecisionRequest request, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(cancellationToken);
        await new StagingSchema(_tables).CreateAsync(connection, [], cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        DecisionResult result = await DecideAsync(connection, request, cancellationToken);
        if (result.State != DecisionState.Refused)
        {
            await transaction.CommitAsync(cancellationToken);
        }

        return result;
    }

    /// <summary>Takes a decision back: the row says again what a run says without it.</summary>
    /// <param name="by">Who undoes it.</param>
    /// <exception cref="MirrorException">The mirror is not as the definition says.</exception>
    public async Task<DecisionResult> UndoAsync(ValidPipeline pipeline, string legacyId, string by, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(cancellationToken);
        await new StagingSchema(_tables).CreateAsync(connection, [], cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        string id = Canonical(legacyId, pipeline.Csv.IdType);
        await _store.LockAsync(connection, pipeline.Name, cancellationToken);
        if (await _store.FindAsync(connection, pipeline.Name, id, cancellationToken) is not { } decision)
        {
            return Refuse(id, DecisionCodes.NotDecided, $"Nothing was decided about {pipeline.Name} {id}.");
        }

        await _store.RemoveAsync(connection, decision with { DecidedBy = by, DecidedAt = Now() }, cancellationToken);
        StagedRecord? record = await FindAsync(connection, pipeline, id, cancellationToken);
        string? later = record is null ? null
            : (await ApplyAsync(connection, pipeline, [id], OriginOf(record, decision, null, null) is { } origin ? [origin] : [], cancellationToken)).Later;
        await transaction.CommitAsync(cancellationToken);
        return new DecisionResult(
            later is null ? DecisionState.Applied : DecisionState.Recorded,
            null,
            later is null ? $"The decision about {pipeline.Name} {id} is undone." : $"The decision about {pipeline.Name} {id} is undone; its row is written by the next run: {later}.",
            null)
        {
            LegacyId = id,
        };
    }

    /// <summary>Decides about several records of a pipeline, all in one transaction.</summary>
    /// <param name="isPartial">Whether those that are not refused are decided although others are.</param>
    /// <returns>What became of each, in their order. Where one is refused, and the others are not wanted without it, nothing has changed.</returns>
    /// <exception cref="MirrorException">The mirror is not as the definition says.</exception>
    public async Task<IReadOnlyList<DecisionResult>> DecideAsync(
        IReadOnlyList<DecisionRequest> requests, bool isPartial, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(cancellationToken);
        await new StagingSchema(_tables).CreateAsync(connection, [], cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        var results = new DecisionResult?[requests.Count];
        foreach (ValidPipeline pipeline in requests.Select(request => request.Pipeline).Distinct())
        {
            int[] wanted = [.. Enumerable.Range(0, requests.Count).Where(index => requests[index].Pipeline == pipeline)];
            await DecideAsync(connection, transaction, requests, wanted, results, cancellationToken);
        }

        if (isPartial || results.All(result => result!.State != DecisionState.Refused))
        {
            await transaction.CommitAsync(cancellationToken);
        }

        return results!;
    }

    // Those that turn out to be refused are taken back, and the others are tried again without them.
    private async Task DecideAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<DecisionRequest> requests,
        int[] wanted,
        DecisionResult?[] results,
        CancellationToken cancellationToken)
    {
        ValidPipeline pipeline = requests[wanted[0]].Pipeline;
        await _store.LockAsync(connection, pipeline.Name, cancellationToken);
        while (true)
        {
            await transaction.SaveAsync("decisions", cancellationToken);
            List<(int Index, Prepared Decided)> prepared = [];
            foreach (int index in wanted.Where(index => results[index] is null))
            {
                Prepared decided = await PrepareAsync(connection, requests[index], cancellationToken);
                results[index] = decided.Result;
                if (decided.Result is null)
                {
                    await _store.WriteAsync(connection, decided.Decision!, requests[index].IsImported ? "imported" : "decided", cancellationToken);
                    prepared.Add((index, decided));
                }
            }

            int before = results.Count(result => result is not null);
            foreach ((int index, Prepared decided) in prepared)
            {
                results[index] = await TakenAsync(connection, pipeline, decided.Decision!, cancellationToken);
            }

            if (results.Count(result => result is not null) == before)
            {
                foreach ((int Index, Prepared Decided)[] some in prepared.Chunk(MostAtOnce))
                {
                    await ApplyAsync(connection, pipeline, some, results, cancellationToken);
                }

                if (prepared.TrueForAll(one => results[one.Index]!.State != DecisionState.Refused))
                {
                    await transaction.ReleaseAsync("decisions", cancellationToken);
                    return;
                }

                foreach ((int index, _) in prepared.Where(one => results[one.Index]!.State != DecisionState.Refused))
                {
                    results[index] = null;
                }
            }

            await transaction.RollbackAsync("decisions", cancellationToken);
        }
    }

    private async Task ApplyAsync(
        NpgsqlConnection connection,
        ValidPipeline pipeline,
        IReadOnlyList<(int Index, Prepared Decided)> some,
        DecisionResult?[] results,
        CancellationToken cancellationToken)
    {
        (string? later, IReadOnlyList<string> gone) = await ApplyAsync(
            connection,
            pipeline,
            [.. some.Select(one => one.Decided.Decision!.LegacyId)],
            [.. some.Select(one => one.Decided.Origin).OfType<RowOrigin>()],
            cancellationToken);
        if (later is not null && some.Count > 1)
        {
            foreach ((int Index, Prepared Decided) one in some)
            {
                await ApplyAsync(connection, pipeline, [one], results, cancellationToken);
            }

            return;
        }

        foreach ((int index, Prepared decided) in some)
        {
            results[index] = gone.Contains(decided.Decision!.LegacyId) ? Gone(pipeline, decided.Decision) : Done(decided.Decision, later);
        }
    }

    private async Task<DecisionResult> DecideAsync(NpgsqlConnection connection, DecisionRequest request, CancellationToken cancellationToken)
    {
        ValidPipeline pipeline = request.Pipeline;
        await _store.LockAsync(connection, pipeline.Name, cancellationToken);
        Prepared prepared = await PrepareAsync(connection, request, cancellationToken);
        if (prepared.Result is { } result)
        {
            return result;
        }

        Decision decision = prepared.Decision!;
        if (await TakenAsync(connection, pipeline, decision, cancellationToken) is { } taken)
        {
            return taken;
        }

        await _store.WriteAsync(connection, decision, request.IsImported ? "imported" : "decided", cancellationToken);
        (string? later, IReadOnlyList<string> gone) = await ApplyAsync(
            connection, pipeline, [decision.LegacyId], prepared.Origin is { } origin ? [origin] : [], cancellationToken);
        return gone.Count > 0 ? Gone(pipeline, decision)
            : await FindAsync(connection, pipeline, decision.LegacyId, cancellationToken) is { Status: "ambiguous", Rule: RecordMatcher.DecisionRule }
            ? Refuse(decision.LegacyId, DecisionCodes.HubspotTaken, $"HubSpot has merged record {decision.HubspotId} with one that is decided to be another legacy record.")
            : Done(decision, later);
    }

    private static DecisionResult Gone(ValidPipeline pipeline, Decision decision) => Refuse(
        decision.LegacyId,
        DecisionCodes.HubspotGone,
        $"HubSpot record {decision.HubspotId} is not in {pipeline.Match.Table}, or the conditions of the lookup leave it out.");

    private static DecisionResult Done(Decision decision, string? later)
    {
        string about = $"{decision.Pipeline} {decision.LegacyId}";
        return new DecisionResult(
            later is null ? DecisionState.Applied : DecisionState.Recorded,
            null,
            later is null ? $"{about} is decided." : $"{about} is decided; the next run applies it: {later}.",
            decision)
        {
            LegacyId = decision.LegacyId,
        };
    }

    private async Task<DecisionResult?> TakenAsync(
        NpgsqlConnection connection, ValidPipeline pipeline, Decision decision, CancellationToken cancellationToken)
        => pipeline.Claims == ClaimPolicy.One && decision.HubspotId is { } wanted
            && await _store.OtherAsync(connection, pipeline.Name, decision.LegacyId, wanted, cancellationToken) is { } other
            ? Refuse(
                decision.LegacyId,
                DecisionCodes.HubspotTaken,
                $"HubSpot record {wanted} is decided to be {pipeline.Name} {other}. Undo that first: 'recon decide {pipeline.Name} {other} --undo'.")
            : null;

    private async Task<Prepared> PrepareAsync(NpgsqlConnection connection, DecisionRequest request, CancellationToken cancellationToken)
    {
        ValidPipeline pipeline = request.Pipeline;
        string id = Canonical(request.LegacyId, pipeline.Csv.IdType);
        if (await StagedTable.FindAsync(connection, _tables, pipeline.Stage, cancellationToken) is null)
        {
            return Refused(id, DecisionCodes.NoResult, $"'{pipeline.Name}' has no result yet. 'recon run {pipeline.Name}' makes one.");
        }

        if (await FindAsync(connection, pipeline, id, cancellationToken) is not { } record)
        {
            return Refused(id, DecisionCodes.UnknownRecord, $"The result of '{pipeline.Name}' has no record with the legacy id {id}.");
        }

        Decision? before = await _store.FindAsync(connection, pipeline.Name, id, cancellationToken);

        // A HubSpot record and a row are chosen one after the other: one does not undo the other.
        request = request.Kind == DecisionKind.KeepRow && before is { Kind: DecisionKind.Match }
            ? request with { Kind = DecisionKind.Match, HubspotId = before.HubspotId } : request;
        KeptRow? kept = request.Keep is { } chosen ? KeptOf(pipeline, chosen) : request.Kind == DecisionKind.Match ? before?.Keeps : null;
        if (request.IsImported && before is not null && before.Kind == request.Kind && before.HubspotId == request.HubspotId
            && before.Keeps?.Hash == kept?.Hash)
        {
            return new Prepared(before, null, new DecisionResult(DecisionState.Unchanged, null, $"{pipeline.Name} {id} was decided so before.", before) { LegacyId = id });
        }

        if (request.Hash is { } hash && hash != RecordHash.Of(record.Values))
        {
            return Refused(id, DecisionCodes.RecordChanged, $"{pipeline.Name} {id} has changed since it was decided on. Look at it again.");
        }

        if (request.Keep is not null && record.Status != "conflict" && !RowOrigin.IsKept(record))
        {
            return Refused(id, DecisionCodes.NoConflict, $"{pipeline.Name} {id} is no conflict: there is nothing to choose between.");
        }

        var decision = new Decision(
            pipeline.Name,
            id,
            request.Kind,
            request.HubspotId,
            kept is null ? null : request.Keep?.Line ?? before?.SourceLine,
            request.By,
            Now(),
            request.Note,
            DecisionEvidence.Of(record, kept, kept is null ? null : FormerOf(record, before), request.Seen));
        ChosenRow? row = request.Keep ?? (kept is not null && RowOrigin.IsKept(record) && kept.Is(record.Values)
            ? new ChosenRow(record.SourceLine, record.SourceFile, record.Values) : null);
        return new Prepared(decision, OriginOf(record, before, decision, row), null);

        static Prepared Refused(string id, string code, string message) => new(null, null, Refuse(id, code, message));
    }

    // A mapping that comes later does not make it another row.
    private static KeptRow KeptOf(ValidPipeline pipeline, ChosenRow row)
    {
        HashSet<string> columns = new(ReconciliationPlan.LegacyPropertyNames(pipeline), StringComparer.OrdinalIgnoreCase);
        return new KeptRow(RecordHash.Of(row.Values.Where(value => columns.Contains(value.Key))), "", columns);
    }

    private async Task<StagedRecord?> FindAsync(NpgsqlConnection connection, ValidPipeline pipeline, string id, CancellationToken cancellationToken)
        => await StagedTable.FindAsync(connection, _tables, pipeline.Stage, cancellationToken) is { } table
            ? (await new StagedRecords(_tables, table).ReadAsync(connection, [id], cancellationToken)).SingleOrDefault()
            : null;

    // What the row is where nobody chooses; null where only a run that reads the file can tell.
    private static FormerRow? FormerOf(StagedRecord record, Decision? before)
        => record.Status == "conflict"
            ? new FormerRow(record.RunId, record.SourceLine, record.SourceFile, RowOrigin.ConflictOf(record), record.Parents, record.Values)
            : before is not null && DecisionEvidence.FormerOf(before.Evidence) is { } former && former.RunId == record.RunId ? former : null;

    /// <param name="before">The decision that no longer holds; <see langword="null"/> for none.</param>
    /// <param name="decision">The one that does; <see langword="null"/> for none.</param>
    /// <param name="keep">The row that it chooses; <see langword="null"/> for none.</param>
    private static RowOrigin? OriginOf(StagedRecord record, Decision? before, Decision? decision, ChosenRow? keep)
        => keep is not null && decision?.Keeps is { } kept ? RowOrigin.Kept(record, keep, kept)
            : !RowOrigin.IsKept(record) || decision?.Keeps is not null ? null
            : FormerOf(record, before) is { } former ? RowOrigin.Of(record.LegacyId, former)
            : RowOrigin.Again(record);

    // Why the next run has to write the rows, if it has to; and records whose HubSpot record is gone: then the caller takes everything back.
    private async Task<(string? Later, IReadOnlyList<string> Gone)> ApplyAsync(
        NpgsqlConnection connection,
        ValidPipeline pipeline,
        IReadOnlyCollection<string> legacyIds,
        IReadOnlyList<RowOrigin> origins,
        CancellationToken cancellationToken)
    {
        var context = new DecidingContext(sources, definition, baseDirectory, pipeline, clock);
        try
        {
            AppliedDecisions applied = await new DecisionApplier(context).ApplyAsync(connection, legacyIds, origins, publishing: null, cancellationToken);
            await AdjustedLog.WriteAsync(connection, _tables, pipeline.Name, applied.Rows, cancellationToken);
            string? later = origins.Any(origin => origin.IsProvisional)
                ? "it is a conflict, and nothing of it is to be updated, until a run compares the rows of the file again" : null;
            return (later, [.. applied.Refused.Intersect(legacyIds)]);
        }
        catch (NotJudgedException exception)
        {
            return (exception.Message, [.. exception.Refused.Intersect(legacyIds), .. await WithoutRecordAsync(connection, pipeline, legacyIds, cancellationToken)]);
        }
    }

    // Where nothing was looked up: which of the records are decided to be one that the mirror does not have.
    private async Task<IReadOnlyList<string>> WithoutRecordAsync(
        NpgsqlConnection connection, ValidPipeline pipeline, IReadOnlyCollection<string> legacyIds, CancellationToken cancellationToken)
        => await SqlText.Of($"""
            select legacy_id from {_tables.Decisions} d where pipeline = $1 and legacy_id = any($2) and hubspot_id is not null
                and not exists (select 1 from {SqlTable.Parse(pipeline.Match.Table)} m where m.{new SqlName(pipeline.Match.Id)}::text = d.hubspot_id::text)
            """).ListAsync(connection, row => row.GetString(0), cancellationToken, SqlValue.Of(pipeline.Name), SqlValue.Of([.. legacyIds]));

    // As the database keeps it.
    private DateTimeOffset Now()
    {
        DateTimeOffset now = clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    private static DecisionResult Refuse(string legacyId, string code, string message)
        => new(DecisionState.Refused, code, message, null) { LegacyId = legacyId };

    // An id that is not written as ids are can still be asked for as it stands in the file.
    private static string Canonical(string id, IdType type)
        => LegacyId.TryCanonicalise(Encoding.UTF8.GetBytes(id), type, out ReadOnlySpan<byte> canonical, out _)
            ? Encoding.UTF8.GetString(CanonicalForm.Uniform(canonical, new Utf8Scratch()))
            : Utf8WhiteSpace.Trim(id);

    /// <param name="Result">What became of it already; <see langword="null"/> where it is to be written and applied.</param>
    private sealed record Prepared(Decision? Decision, RowOrigin? Origin, DecisionResult? Result);
}
