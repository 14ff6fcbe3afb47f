using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Time;

[Kind("date", "Reads a calendar day into YYYY-MM-DD. A time of day is dropped, a zone is ignored: the day is taken as it is written.", Shorthand = true)]
internal sealed record DateDefinition : ConversionDefinition, ISelfValidating
{
    [Option("The formats, tried in order, such as dd/MM/yyyy[ HH:mm[:ss]]. Parts: yyyy M MM d dd H HH h hh mm ss fff tt K, literals, [optional]; or epoch-milliseconds, epoch-seconds. Default: ISO 8601.")]
    public IReadOnlyList<string> Formats { get; init; } = [];

    internal override ComparisonDefinition Produces => new DateComparisonDefinition();

    public IEnumerable<(string Member, string Message)> Validate()
        => Formats.Select(TimeFormat.Problem).OfType<string>().Select(problem => (nameof(Formats), problem));

    internal override IEnumerable<Alternative> Alternatives(bool hasAccepted)
        => KnownFormats.InsteadOf(Formats, hasAccepted).Select(other => new Alternative(this with { Formats = other.Formats }, other.Misread));

    internal override IEnumerable<ConversionDefinition> Rereadings => [this with { Formats = KnownFormats.Exchange(Formats) }];

    internal override IConversion Compile(ConversionContext context) => new DateConversion(this);
}
