namespace Recon.Postgres.Runs.Live;

/// <summary>What the phases of a run wait for, for people.</summary>
internal static class PhaseWaits
{
    public const string Opening = "opening";

    /// <returns><see langword="null"/> for the reading, whose blocks tell what they wait for.</returns>
    public static string? Of(string phase) => phase switch
    {
        Opening => "the catalog, the checks of the input, and tables that are cached",
        RunCompletion.Indexing => "PostgreSQL, which builds the indexes of the result",
        "folding" => "PostgreSQL, which sorts the rows whose legacy id may repeat",
        "settling" => "PostgreSQL, which looks for records that claim the same HubSpot record",
        "publishing" => "PostgreSQL, which counts the rows and puts the result in place of the former one",
        "searching" => "PostgreSQL, which looks for the row that it refuses",
        _ => null,
    };
}
