namespace Recon.HubSpot.Api;

/// <summary>Why HubSpot refused something, in its words.</summary>
/// <param name="Status">The status code of the answer.</param>
/// <param name="Category">Such as VALIDATION_ERROR.</param>
/// <param name="Code">Such as INVALID_OPTION.</param>
/// <param name="Message">May quote values of the record.</param>
/// <param name="Property">The property that it is about.</param>
internal sealed record ApiError(
    int Status, string? Category, string? SubCategory, string? Code, string Message, string? Property);
