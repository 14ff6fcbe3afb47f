using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Push;
using Recon.Postgres.Staging;
using Recon.Push.Approving;

namespace Recon.Push.Outcomes;

/// <summary>What plans wanted of one record, who approved it, and what became of it.</summary>
internal static class RecordPushes
{
    /// <returns>The latest plan first; nothing where no plan was ever made; <see langword="null"/> where this role may not read plans.</returns>
    public static async Task<IReadOnlyList<RecordChange>?> ReadAsync(
        NpgsqlConnection connection, StagingTables tables, string pipeline, string legacyId, CancellationToken cancellationToken)
    {
        if (!await MirrorCatalog.ExistsAsync(connection, tables.PushItem, cancellationToken))
        {
            return [];
        }

        if (!await new PlanReader(tables).MayReadAsync(connection, cancellationToken))
        {
            return null;
        }

        IReadOnlyList<OutcomeLine> lines = await new OutcomeReader(tables).OfRecordAsync(connection, pipeline, legacyId, cancellationToken);
        Dictionary<Guid, PushPlan> plans = [];
        Dictionary<Guid, IReadOnlyList<Approval>> said = [];
        foreach (Guid id in lines.Select(line => line.Plan).Distinct())
        {
            plans[id] = await new PlanReader(tables).FindAsync(connection, id.ToString(), cancellationToken);
            said[id] = await new ApprovalStore(tables).ListAsync(connection, plans[id], cancellationToken);
        }

        return
        [
            .. lines.Select(line => new RecordChange(
                plans[line.Plan],
                line,
                ApprovalJudge.Deciding(new PlannedChange(line.Pipeline, line.LegacyId, line.Property, line.Before ?? "", line.Planned), said[line.Plan]))),
        ];
    }
}

/// <param name="Word">What counts of what was said; <see langword="null"/> where nobody spoke of it.</param>
internal sealed record RecordChange(PushPlan Plan, OutcomeLine Outcome, Approval? Word);
