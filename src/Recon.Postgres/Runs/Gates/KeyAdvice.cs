using Recon.Dataflow.Definition;

namespace Recon.Postgres.Runs.Gates;

/// <summary>What to do when ids of the file find no key of the mirror.</summary>
internal static class KeyAdvice
{
    public static IReadOnlyList<string> Of(ValidLookup lookup) =>
    [
        $"Either {lookup.Table}.{lookup.Key} is not filled (is the property synchronised into the mirror?), or it is the wrong column, or its ids "
            + $"are written in another way than those of {lookup.From}, or \"where\" leaves out all rows. Look at both:",
        $"select {lookup.Key} from {lookup.Table} where {lookup.Key} is not null limit 10;",
    ];
}
