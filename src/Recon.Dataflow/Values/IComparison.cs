using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values;

/// <summary>Equality by meaning of two texts of one kind. Stateless; an equivalence relation.</summary>
internal interface IComparison
{
    /// <summary>Whether two values mean the same. Called only when the texts differ.</summary>
    /// <param name="right">The other, not blank. May be wrong data, which equals only the same wrong data.</param>
    /// <returns>Whether they mean the same. Data never makes it throw.</returns>
    bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Utf8Scratch scratch);

    /// <summary>Whether a value is of the comparison's kind; <see langword="null"/> where every text is.</summary>
    bool? Reads(ReadOnlySpan<byte> value, Utf8Scratch scratch) => null;

    /// <summary>The comparison for records of a telephone region; <see langword="null"/> for none that is known.</summary>
    IComparison In(string? region) => this;
}
