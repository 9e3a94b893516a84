import ChatWire
import Toolbox
public import Vocabulary

// The fence: a node that is not certain of being a member of the cluster serves nobody, since the
// others may have given its users another home by now.
extension GatewayInstance {
    /// Puts the fence up or takes it down. While it is up no socket is served, and no session of a
    /// user is kept here; clients are to go elsewhere at once.
    public mutating func setFenced(
        _ isFenced: Bool, at now: Moment, into directives: inout [GatewayDirective]
    ) {
        guard isFenced != self.isFenced else { return }
        begin(at: now, &directives)
        self.isFenced = isFenced
        if isFenced { letEverybodyGo() }
        end(&directives)
    }

    /// Whether somebody who comes now is sent elsewhere.
    var refusesAll: Bool { isDraining || isFenced }

    private mutating func letEverybodyGo() {
        for connection in connections.sortedKeys {
            if sockets[connection] != nil {
                closeSocket(connection, .restart)
            } else if exchanges[connection]?.isAnswering == false {
                close(connection)
            }
            reschedule(connection)
        }
        for key in home.allKeys {
            if key.edge != node, let attempt = home[key]?.attachment.attempt {
                tell(key.edge, .unknown(key.connection, attempt: attempt))
            }
            detachHere(key)
        }
    }
}
