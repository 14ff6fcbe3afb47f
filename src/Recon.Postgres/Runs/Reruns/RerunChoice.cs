using Npgsql;
using Recon.Postgres.Staging;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Runs.Reruns;

/// <summary>Decides whether a run writes everything or what differs from the published result.</summary>
internal sealed class RerunChoice(RunContext context, RunInput input, MirrorSession mirror)
{
    // What is known of them takes some 40 bytes each.
    private const long MostRows = 5_000_000;

    private readonly HashStore _store = new(context.Tables);

    /// <summary>Whether the records of the run are hashed for the next one: not where its result depends on others' claims, too.</summary>
    public bool IsHashed => !context.Request.IsPartial && !mirror.ClaimsMayMeet;

    /// <returns>How the run comes to its result, and what it compares with; nothing of the latter for a whole run.</returns>
    public async Task<(RunWay Way, Rerun? Rerun)> DecideAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        string? asked = context.Request.IsPartial ? "a part of the input"
            : context.Request.Full ? "asked for"
            : !input.IsRepeatable ? "the input can be read only once"
            : mirror.ClaimsMayMeet ? "several records may claim one HubSpot record"
            : null;
        if (asked is not null)
        {
            return Whole(asked);
        }

        if (await _store.FindAsync(connection, context.Pipeline.Name, cancellationToken) is not { } published)
        {
            return Whole("no published result is known");
        }

        if (published.Rows < context.Tuning.LeastToCompare)
        {
            return Whole("the result is small");
        }

        string? doubt = published.Rows > MostRows ? "the result has more than five million rows"
            : await _store.DoubtAsync(connection, published, context.Pipeline.Stage, cancellationToken);
        if (doubt is not null)
        {
            return Whole(doubt, isNotable: true);
        }

        FormerRecords former = await _store.ReadAsync(connection, context.Pipeline.Name, published, cancellationToken);
        return (new RunWay(RunWay.Changes, "the published result is known", published.Runs[0]), new Rerun(published, former));
    }

    private static (RunWay Way, Rerun? Rerun) Whole(string reason, bool isNotable = false)
        => (new RunWay(RunWay.Whole, reason) { IsNotable = isNotable }, null);
}
