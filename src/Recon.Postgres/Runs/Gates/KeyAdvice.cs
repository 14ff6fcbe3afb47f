using Recon.Dataflow.Definition;

namespace Recon.Postgres.Runs.Gates;

/// <summary>What to do when ids of the file find no key of the mirror.</summary>
internal static class KeyAdvice
{
    /// <summary>The same where so many of the ids are not found: if most are, the key is right.</summary>
    public static IReadOnlyList<string> Of(ValidLookup lookup, long unfound, long ids) => unfound * 2 > ids ? Of(lookup) :
    [
        $"The others are found, so that {lookup.Table}.{lookup.Key} is the right column: the mirror does not have these (yet), has them more than once, or \"where\" leaves them out.",
    ];

    public static IReadOnlyList<string> Of(ValidLookup lookup) =>
    [
        $"Either {lookup.Table}.{lookup.Key} is not filled (is the property synchronised into the mirror?), or it is the wrong column, or its ids "
            + $"are written in another way than those of {lookup.From}, or \"where\" leaves out all rows. Look at both:",
        $"select {lookup.Key} from {lookup.Table} where {lookup.Key} is not null limit 10;",
    ];
}
