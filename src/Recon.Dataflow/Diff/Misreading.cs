using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Phone;
using Recon.Dataflow.Values.Time;

namespace Recon.Dataflow.Diff;

/// <summary>
/// Differences of a kind that a wrong declaration makes: one value alone says nothing, most of a property's differences do.
/// </summary>
internal static class Misreading
{
    /// <summary>What has to be counted of a change; <see langword="null"/> for nothing.</summary>
    public static string? Of(in ValuePair value, Utf8Scratch scratch)
        => value.Remark is { } known ? (known == ValueRemarks.NumberInvalid ? known : null)
            : !value.Read.IsEmpty ? Explain(value, scratch)
            : value.Reader.Comparison is InstantComparison or DayComparison ? ValueRemarks.Filled
            : null;

    // What another declaration would explain.
    private static string? Explain(in ValuePair value, Utf8Scratch scratch) => value.Reader.Comparison switch
    {
        NumberComparison => NumberComparison.IsThousandfold(value.Text, value.Read, scratch) ? ValueRemarks.Thousandfold : null,
        InstantComparison => InstantComparison.Explain(value.Text, value.Read, value.Property.RepeatedHour),
        DayComparison days => days.AreExchanged(value.Text, value.Read) ? ValueRemarks.DayMonth : null,
        ConvertedComparison => PhoneRegion.IsOfAnotherCountry(value.Raw, value.Text, value.Read) ? ValueRemarks.NumberElsewhere : null,
        _ => null,
    };
}
