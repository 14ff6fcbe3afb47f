using System.Text;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Custom;

/// <summary>
/// A conversion written in the hosting program. It must give the same result for the same value every time, and is
/// called from several threads. What it throws fails the run.
/// </summary>
/// <param name="value">The value, trimmed, never empty.</param>
/// <returns>HubSpot's text; empty for no value; <see langword="null"/> when the value cannot be converted, which counts
/// as a rejected value with the reason <see cref="ValueRejectReasons.CustomRefused"/>.</returns>
public delegate string? CustomConverter(string value);

/// <summary>Calls a registered conversion.</summary>
internal sealed class CustomConversion(CustomConverter convert) : IConversion
{
    /// <inheritdoc/>
    public string Kind => "custom";

    /// <inheritdoc/>
    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
        => convert(Encoding.UTF8.GetString(value)) is { } text
            ? ConvertedValue.Of(scratch.Encode(text))
            : ConvertedValue.Fail(ValueRejectReasons.CustomRefused);
}
