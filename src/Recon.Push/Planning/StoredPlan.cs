using Npgsql;
using Recon.Postgres.Push;
using Recon.Postgres.Staging;

namespace Recon.Push.Planning;

/// <summary>A plan as the database has it.</summary>
internal static class StoredPlan
{
    /// <summary>Computes the hash of what is stored, in flat memory: equal to the plan's unless somebody changed it.</summary>
    public static async Task<string> HashAsync(
        NpgsqlConnection connection, StagingTables tables, Guid planId, long portal, CancellationToken cancellationToken)
    {
        using var hash = new PlanHash(portal);
        await foreach (PushItem item in new PlanReader(tables).ItemsAsync(connection, planId, cancellationToken))
        {
            hash.Add(item.Planned);
        }

        await foreach (PushLink link in new LinkLedger(tables).AllAsync(connection, planId, cancellationToken))
        {
            hash.Add(link.Planned);
        }

        return hash.End();
    }

    /// <exception cref="PushRefusedException">What is stored is not what the plan was made of.</exception>
    public static async Task RequireUnchangedAsync(NpgsqlConnection connection, StagingTables tables, PushPlan plan, CancellationToken cancellationToken)
    {
        if (await HashAsync(connection, tables, plan.Id, plan.Portal, cancellationToken) != plan.Hash)
        {
            throw new PushRefusedException(
                $"Plan {plan.Id} is not what it was when it was made: its items in {tables.PushItem.Display} were changed. Make a new one by 'recon plan', and approve that.");
        }
    }
}
