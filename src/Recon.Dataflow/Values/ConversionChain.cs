using Recon.Dataflow.Text;
using Recon.Dataflow.Values.Choice;
using Recon.Dataflow.Values.Custom;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Phone;
using Recon.Dataflow.Values.Text;
using Recon.Dataflow.Values.Time;
using Recon.Dataflow.Values.Web;

namespace Recon.Dataflow.Values;

/// <summary>The conversions of one property, compiled. Thread-safe.</summary>
internal sealed class ConversionChain
{
    private readonly IConversion[] _steps;

    private ConversionChain(IConversion[] steps, ComparisonKind produces)
    {
        _steps = steps;
        Produces = produces;
    }

    /// <summary>The steps, in order.</summary>
    public IReadOnlyList<IConversion> Steps => _steps;

    /// <summary>When two of the chain's results are the same: what its last telling step makes; text otherwise.</summary>
    public ComparisonKind Produces { get; }

    /// <summary>Compiles conversions.</summary>
    /// <exception cref="ConversionSetupException">
    /// A map file is missing, outside of the allowed folder or not readable, or a default is no zone or region.
    /// </exception>
    public static ConversionChain Compile(IReadOnlyList<ConversionDefinition> definitions, ConversionContext context)
    {
        return new ConversionChain(
            [.. definitions.Select(definition => CompileStep(definition, context))], ProducedBy(definitions));
    }

    /// <summary>What conversions make, and so when two of their results are the same.</summary>
    /// <returns>What the last telling step makes; text otherwise.</returns>
    public static ComparisonKind ProducedBy(IReadOnlyList<ConversionDefinition> definitions)
    {
        ComparisonKind produces = ComparisonKind.Text;
        foreach (ConversionDefinition definition in definitions)
        {
            produces = ProducedBy(definition) ?? produces;
        }

        return produces;
    }

    /// <summary>Converts a value, up to the first step that fails or finds a blank.</summary>
    /// <param name="scratch">Room for intermediate results; the result stays valid until it is reset.</param>
    /// <returns>The converted value, with the first remark that a step made; a blank, or a failure.</returns>
    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        string? remark = null;
        foreach (IConversion step in _steps)
        {
            if (value.IsEmpty)
            {
                break;
            }

            ConvertedValue converted = step.Convert(value, scratch);
            if (converted.Failed)
            {
                return converted;
            }

            value = converted.Text;
            remark ??= converted.Remark;
        }

        return ConvertedValue.Of(value, remark);
    }

    private static IConversion CompileStep(ConversionDefinition definition, ConversionContext context)
        => definition switch
        {
            TrimDefinition => new TrimConversion(),
            CollapseDefinition => new CollapseConversion(),
            UpperDefinition => new CaseConversion(LetterCase.Upper),
            LowerDefinition => new CaseConversion(LetterCase.Lower),
            TitleDefinition => new CaseConversion(LetterCase.Title),
            TruncateDefinition truncate => new TruncateConversion(truncate.Length),
            HtmlDefinition => new HtmlConversion(),
            DomainDefinition => new DomainConversion(),
            UrlDefinition => new UrlConversion(),
            EmailDefinition => new EmailConversion(),
            PhoneDefinition phone => new PhoneConversion(phone.Region ?? context.Defaults.PhoneRegion),
            NumericDefinition number => new NumberConversion(number),
            BooleanDefinition boolean => new BooleanConversion(boolean),
            DateDefinition date => new DateConversion(date),
            DatetimeDefinition datetime => new DatetimeConversion(datetime, context.Defaults.TimeZone),
            MapDefinition map => new MapConversion(map.Kind, map.Values, map.IgnoreCase, map.OnUnmapped),
            MapFileDefinition file => new MapConversion(file.Kind, MapFile.Read(file, context), file.IgnoreCase, file.OnUnmapped),
            MultiSelectDefinition list => new MultiSelectConversion(list),
            CustomDefinition custom => new CustomConversion(context.Custom.GetValueOrDefault(custom.Name)
                ?? throw new ConversionSetupException($"No conversion is registered under '{custom.Name}'.")),
            _ => throw new ArgumentException($"The conversion '{definition.Kind}' is not implemented.", nameof(definition)),
        };

    private static ComparisonKind? ProducedBy(ConversionDefinition definition)
        => definition switch
        {
            HtmlDefinition => ComparisonKind.Text,
            DomainDefinition => ComparisonKind.Domain,
            UrlDefinition => ComparisonKind.Url,
            EmailDefinition => ComparisonKind.Email,
            PhoneDefinition => ComparisonKind.Phone,
            NumericDefinition => ComparisonKind.Number,
            BooleanDefinition => ComparisonKind.Boolean,
            DateDefinition => ComparisonKind.Date,
            DatetimeDefinition => ComparisonKind.Datetime,
            MapDefinition or MapFileDefinition => ComparisonKind.Enumeration,
            MultiSelectDefinition => ComparisonKind.MultiSelect,
            _ => null,
        };
}
