using System.Text;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values;

/// <summary>What one conversion made of a value.</summary>
/// <param name="Kind">The conversion, as the definition spells it.</param>
/// <param name="Result">The text; <see langword="null"/> when the value failed or turned out to be blank.</param>
/// <param name="Failure">Why it failed: one of <see cref="ValueRejectReasons"/>; <see langword="null"/> otherwise.</param>
/// <param name="Remark">What had to be decided: one of <see cref="ValueRemarks"/>; <see langword="null"/> for nothing.</param>
internal sealed record ConversionStep(string Kind, string? Result, string? Failure, string? Remark)
{
    /// <summary>Runs a chain step by step, as <see cref="ConversionChain.Convert"/> does in one go.</summary>
    public static IReadOnlyList<ConversionStep> Trace(ConversionChain chain, string? raw)
    {
        List<ConversionStep> steps = [];
        var scratch = new Utf8Scratch();
        ReadOnlySpan<byte> value = Encoding.UTF8.GetBytes(raw ?? "");
        foreach ((string kind, IConversion step) in chain.Steps)
        {
            if (value.IsEmpty)
            {
                break;
            }

            ConvertedValue converted = step.Convert(value, scratch);
            string? text = converted.Failed || converted.IsNull ? null : Encoding.UTF8.GetString(converted.Text);
            steps.Add(new ConversionStep(kind, text, converted.Reason, converted.Remark));
            if (converted.Failed)
            {
                break;
            }

            value = converted.Text;
        }

        return steps;
    }
}
