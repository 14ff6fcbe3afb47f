using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values;

/// <summary>One compiled step of a conversion chain. Stateless or internally synchronised; shared by all batches.</summary>
internal interface IConversion
{
    /// <param name="scratch">Room for the result; a slice of <paramref name="value"/> needs none.</param>
    /// <returns>The converted value, a blank, or a failure. Data never makes it throw.</returns>
    ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch);

    /// <summary>The step for records of a telephone region; <see langword="null"/> for none that is known.</summary>
    IConversion In(string? region) => this;
}
