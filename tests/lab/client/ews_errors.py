# SPDX-License-Identifier: GPL-2.0-or-later
"""The exceptions of the EWS Managed API that decide what happens next, by their own names.

Which of them is caught where is the difference between "the next candidate" and "the end".
"""


class EwsError(Exception):
    @property
    def name(self):
        return type(self).__name__


class ServiceLocalException(EwsError):
    pass


class AutodiscoverLocalException(ServiceLocalException):
    pass


class ServiceXmlDeserializationException(ServiceLocalException):
    """Well-formed XML that is something else."""


class ServiceRemoteException(EwsError):
    pass


class AccountIsLockedException(ServiceRemoteException):
    """HTTP status 456."""


class AutodiscoverRemoteException(ServiceRemoteException):
    """A POX error."""


class AutodiscoverResponseException(ServiceRemoteException):
    """A SOAP ErrorCode for the whole response."""


class ServiceRequestException(ServiceRemoteException):
    """SOAP: no answer that can be used."""


class ServiceResponseException(ServiceRemoteException):
    """SOAP: a fault."""


# Those of .NET itself; the API catches none of them where they can happen here.
class UriFormatException(EwsError):
    pass


class ArgumentOutOfRangeException(EwsError):
    pass


class NotSupportedException(EwsError):
    """A POX endpoint that is not HTTP."""


class XmlException(EwsError):
    """Not well-formed, or with a document type, which the API prohibits."""


class DirectoryError(EwsError):
    """COMException, InvalidOperationException, NotSupportedException: what LDAP's failures become.

    The SCP lookup swallows them, and goes on as if the directory held nothing.
    """
