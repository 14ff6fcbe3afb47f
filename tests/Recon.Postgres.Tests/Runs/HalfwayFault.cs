using Npgsql;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs;

/// <summary>A fault that no retry mends: the ledger, which must be there, refuses every batch of a run once four of its batches are committed.</summary>
/// <remarks>
/// What the other writers have under way may be kept too, so there must be more batches than four and writers; with a
/// parallelism of 1 the first four are kept.
/// </remarks>
internal static class HalfwayFault
{
    public static async Task SetAsync(TestDatabase database) => await database.ExecuteAsync("""
        create function staging.refuse_later_batches() returns trigger language plpgsql as $$
        begin
            if (select count(*) >= 4 from staging.reconciliation_ledger l where l.run_id = new.run_id) then
                raise check_violation using message = 'no further batch';
            end if;
            return new;
        end $$;
        create trigger halfway before insert on staging.reconciliation_ledger
            for each row execute function staging.refuse_later_batches();
        """);

    /// <summary>Lets every batch wait instead, once four are committed, for as long as a connection stands.</summary>
    public static async Task<NpgsqlConnection> HoldAsync(TestDatabase database, CancellationToken token)
    {
        await database.ExecuteAsync("""
            create function staging.hold_later_batches() returns trigger language plpgsql as $$
            begin
                if (select count(*) >= 4 from staging.reconciliation_ledger l where l.run_id = new.run_id) then
                    perform pg_advisory_xact_lock_shared(4);
                end if;
                return new;
            end $$;
            create trigger halfway before insert on staging.reconciliation_ledger
                for each row execute function staging.hold_later_batches();
            """);
        var holder = new NpgsqlConnection(database.ConnectionString);
        await holder.OpenAsync(token);
        await using var command = new NpgsqlCommand("select pg_advisory_lock(4)", holder);
        await command.ExecuteNonQueryAsync(token);
        return holder;
    }

    /// <summary>Lets the batches go on; a connection that is only closed goes back to its pool with what it holds.</summary>
    public static async Task ReleaseAsync(NpgsqlConnection holder, CancellationToken token)
    {
        await using var command = new NpgsqlCommand("select pg_advisory_unlock(4)", holder);
        await command.ExecuteNonQueryAsync(token);
    }

    public static async Task EndAsync(TestDatabase database)
        => await database.ExecuteAsync("drop function staging.refuse_later_batches() cascade");
}
