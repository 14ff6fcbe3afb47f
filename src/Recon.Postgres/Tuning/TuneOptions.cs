namespace Recon.Postgres.Tuning;

internal sealed record TuneOptions
{
    /// <summary>Fewest records from which anything can be told.</summary>
    public const int LeastRecords = 2_000;

    /// <summary>Records at the start of the input that every trial reads.</summary>
    /// <value>At least <see cref="LeastRecords"/>. Default: 50,000, or eight batches of the present size if that is more.</value>
    public long? Rows { get; init; }

    /// <summary>Times that every setting is measured.</summary>
    /// <value>3 to 50. Default: 5.</value>
    public int Repeat { get; init; } = 5;

    /// <summary>How long the present settings run at least before anything is measured.</summary>
    public TimeSpan LeastWarmUp { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Whether the result is meant to be written into the definition, which an unfinished run of the pipeline forbids: it
    /// could not be resumed under a changed definition.
    /// </summary>
    public bool WillChangeDefinition { get; init; }

    /// <summary>Processors that this process may use. Default: all of the machine's.</summary>
    public int Cores { get; init; } = Environment.ProcessorCount;
}
