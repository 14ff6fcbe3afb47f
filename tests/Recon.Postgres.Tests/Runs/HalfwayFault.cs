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

    public static async Task EndAsync(TestDatabase database)
        => await database.ExecuteAsync("drop function staging.refuse_later_batches() cascade");
}
