namespace Recon.Discovery.Profiling;

/// <summary>What was found out from data, with what speaks for it.</summary>
/// <param name="IsCertain">Whether nothing else in the data could be meant. Where it is not, people are asked.</param>
/// <param name="Evidence">How many values say so, as part of a sentence; no value of the data but those of enumerations and formats.</param>
/// <param name="Others">What else it could be, the likelier first.</param>
internal sealed record Found<T>(T Value, bool IsCertain, string Evidence, IReadOnlyList<OtherReading<T>> Others);

/// <summary>Another reading of the same data.</summary>
/// <param name="Evidence">As <see cref="Found{T}.Evidence"/>.</param>
internal sealed record OtherReading<T>(T Value, string Evidence);
