namespace Recon.Dataflow.Values.Custom;

/// <summary>
/// A conversion written in the hosting program. It must give the same result for the same value every time, and is
/// called from several threads. An exception fails the run.
/// </summary>
/// <param name="value">The value, trimmed, never empty.</param>
/// <returns>HubSpot's text; empty for no value; <see langword="null"/> when the value cannot be converted, which counts
/// as a rejected value with the reason <c>custom-refused</c>.</returns>
public delegate string? CustomConverter(string value);
