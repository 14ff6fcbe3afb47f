namespace Recon.Dataflow.Values;

/// <summary>A conversion cannot be set up. The message says what, where, why and what to do.</summary>
public sealed class ConversionSetupException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What is wrong, where, and what to do.</param>
    public ConversionSetupException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What is wrong, where, and what to do.</param>
    /// <param name="innerException">What the system said.</param>
    public ConversionSetupException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
