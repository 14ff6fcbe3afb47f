namespace Recon.Dataflow.Values;

/// <summary>Another declaration of a conversion, which may read what the present one refuses.</summary>
/// <param name="Definition">The conversion as it would be declared.</param>
/// <param name="Misread">What is then wrong with values that the present one accepts; <see langword="null"/> when both read them alike.</param>
internal sealed record Alternative(ConversionDefinition Definition, string? Misread = null);
