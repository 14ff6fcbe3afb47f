using NodaTime;
using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Time;

/// <summary>What a local time that occurs twice (the autumn hour) means.</summary>
internal enum AmbiguousTime
{
    /// <summary>The first of the two, still in summer time.</summary>
    Earlier,

    /// <summary>The second of the two.</summary>
    Later,

    /// <summary>The value fails.</summary>
    Reject,
}

/// <summary>What a local time that the zone skips (the spring hour) means.</summary>
internal enum NonexistentTime
{
    /// <summary>As much later as the clock was put forward: 02:30 is 03:30.</summary>
    Forward,

    /// <summary>The value fails.</summary>
    Reject,
}

/// <summary>Reads a calendar day.</summary>
[Kind("date", "Reads a calendar day into YYYY-MM-DD. A time of day is dropped, a zone is ignored: the day is taken as it is written.", Shorthand = true)]
internal sealed record DateDefinition : ConversionDefinition, ISelfValidating
{
    /// <summary>The formats, tried in order; ISO when empty.</summary>
    [Option("The formats, tried in order, such as dd/MM/yyyy[ HH:mm[:ss]]. Parts: yyyy M MM d dd H HH h hh mm ss fff tt K, literals, [optional]. Default: ISO 8601.")]
    public IReadOnlyList<string> Formats { get; init; } = [];

    public IEnumerable<(string Member, string Message)> Validate()
        => Formats.Select(TimeFormat.Problem).OfType<string>().Select(problem => (nameof(Formats), problem));
}

/// <summary>Reads a time into UTC.</summary>
[Kind("datetime", "Reads a time into ISO 8601 UTC. A time without offset is local to the zone; a day without time is its midnight.", Shorthand = true)]
internal sealed record DatetimeDefinition : ConversionDefinition, ISelfValidating
{
    /// <summary>The formats, tried in order; ISO when empty.</summary>
    [Option("The formats, tried in order, such as dd/MM/yyyy[ HH:mm[:ss]]. Parts: yyyy M MM d dd H HH h hh mm ss fff tt K, literals, [optional]. Default: ISO 8601, with space or T.")]
    public IReadOnlyList<string> Formats { get; init; } = [];

    /// <summary>IANA zone of times without offset; the defaults' when <see langword="null"/>.</summary>
    [Option("IANA time zone of times that carry no offset. Default: timeZone of \"defaults\".")]
    public string? Zone { get; init; }

    /// <summary>What a time that occurs twice means. Default: the earlier one.</summary>
    [Option("What a local time that occurs twice (when clocks go back) means. Each is counted.")]
    public AmbiguousTime Ambiguous { get; init; } = AmbiguousTime.Earlier;

    /// <summary>What a time that never was means. Default: forward.</summary>
    [Option("What a local time that never was (when clocks go forward) means. Each is counted.")]
    public NonexistentTime Nonexistent { get; init; } = NonexistentTime.Forward;

    public IEnumerable<(string Member, string Message)> Validate()
    {
        if (Zone is not null && DateTimeZoneProviders.Tzdb.GetZoneOrNull(Zone) is null)
        {
            yield return (nameof(Zone), $"'{Zone}' is not an IANA time zone. Use a name such as Europe/Paris or UTC.");
        }

        foreach (string problem in Formats.Select(TimeFormat.Problem).OfType<string>())
        {
            yield return (nameof(Formats), problem);
        }
    }
}
