import type { NetworkReason } from "@/lib/engine";
import type { Text } from "@/lib/text";
import { sentence } from "./sentence";

/** What each place did to a packet. */
export const networkSentences: Readonly<Record<NetworkReason, Text>> = {
  "dns.answered": sentence("El DNS responde: {name} es {address}.", "DNS answers: {name} is {address}."),
  "dns.no-such-name": sentence(
    "El DNS no conoce {name}[[ (se probaron {tried} nombres)]]. Comprueba el nombre del Service y, si está en otro namespace, escribe servicio.namespace.",
    "DNS does not know {name}[[ (names tried: {tried})]]. Check the name of the Service and, if it is in another namespace, write service.namespace.",
  ),
  "dns.no-server": sentence(
    "Nadie contestó a la pregunta por {name}: desde aquí no se llega a ningún servidor DNS. Comprueba que CoreDNS funciona y que su Service tiene endpoints.",
    "Nobody answered the question about {name}: no DNS server can be reached from here. Check that CoreDNS runs and that its Service has endpoints.",
  ),
  "dns.blocked": sentence(
    "La pregunta de {pod} no llega al DNS del clúster: {policies} no la deja pasar. Sin DNS ningún nombre funciona; permite la salida al puerto 53 (UDP y TCP) hacia kube-system.",
    "The question of {pod} does not reach the cluster's DNS: {policies} does not let it through. Without DNS no name works; allow egress to port 53 (UDP and TCP) in kube-system.",
  ),
  "dns.server-failed": sentence(
    "El servidor DNS no supo contestar a la pregunta por {name} (SERVFAIL): o el servidor al que la reenvía no responde, o los alias dan vueltas en círculo.",
    "The DNS server could not answer the question about {name} (SERVFAIL): either the server it forwards to does not respond, or the aliases go round in circles.",
  ),
  "link.same-subnet": sentence("El destino[[ {ip}]] está en la misma red: el paquete va directo[[ a {node}]], sin pasar por ningún router.", "The destination[[ {ip}]] is on the same network: the packet goes straight[[ to {node}]], through no router."),
  "link.routed": sentence(
    "El destino[[ {ip}]] está en otra subred de la empresa: el router lo lleva[[ hasta {node}]].",
    "The destination[[ {ip}]] is on another subnet of the company: the router takes it[[ to {node}]].",
  ),
  "link.no-route": sentence(
    "No hay ruta hasta {ip}: nadie en esta red sabe llegar a esa dirección. Las IP de pods y de Services solo existen dentro del clúster; desde fuera entra por un NodePort, un LoadBalancer o un Ingress.",
    "There is no route to {ip}: nobody on this network knows the way to that address. Pod and Service IPs exist inside the cluster only; from outside come in through a NodePort, a LoadBalancer or an Ingress.",
  ),
  "link.no-arp-answer": sentence(
    "Se preguntó por ARP quién tiene {ip} y nadie contestó: ninguna máquina de la red anuncia esa dirección. Si es la IP de un LoadBalancer, comprueba que MetalLB la anuncia (L2Advertisement) y que el nodo que la anuncia está encendido.",
    "ARP asked who has {ip} and nobody answered: no machine on the network announces that address. If it is a LoadBalancer's IP, check that MetalLB announces it (L2Advertisement) and that the announcing node is up.",
  ),
  "link.arp-answered": sentence("{node} contesta por ARP que tiene {ip}: todo el tráfico de esa IP entra por esa máquina.", "{node} answers by ARP that it has {ip}: all traffic for that IP enters through that machine."),
  "link.wrong-network": sentence(
    "La dirección {ip} es de otra red: esta máquina no tiene ninguna interfaz en ella. Usa la dirección de la red correcta.",
    "The address {ip} belongs to another network: this machine has no interface there. Use the address of the right network.",
  ),
  "link.partitioned": sentence(
    "La red está dividida: entre {node} y {to} no pasa nada, aunque las dos máquinas siguen en marcha. Quien llama espera hasta cansarse.",
    "The network is split: nothing gets from {node} to {to}, although both machines are running. The caller waits until it gives up.",
  ),
  "link.slow": sentence("El cable entre {node} y {to} va lento: añade {latency} ms a cada viaje.", "The wire between {node} and {to} is slow: it adds {latency} ms to every trip."),
  "link.lossy": sentence(
    "El cable entre {node} y {to} pierde el {loss} % de los paquetes: hizo falta mandar el primero {tries} veces, y cada intento espera el doble que el anterior.",
    "The wire between {node} and {to} loses {loss} % of the packets: the first one was sent {tries} times, and each try waits twice as long as the one before.",
  ),
  "route.to-node": sentence("La red de pods lleva el paquete[[ a {node}]], que es donde vive {ip}.", "The pod network takes the packet[[ to {node}]], where {ip} lives."),
  "route.to-pod": sentence("El pod está en esta misma máquina: el paquete pasa por su cable virtual[[ hasta {ip}]].", "The pod is on this very machine: the packet goes down its virtual cable[[ to {ip}]]."),
  "route.default-gateway": sentence("El destino no es del clúster: {node} lo manda a su puerta de enlace.", "The destination is not in the cluster: {node} sends it to its default gateway."),
  "route.machine-down": sentence(
    "El paquete va hacia [[{node}]], pero esa máquina está apagada o desconectada: se pierde y quien espera la respuesta se cansa de esperar. Los endpoints del nodo caído se retiran al cabo de un rato, cuando deja de estar Ready.",
    "The packet heads for [[{node}]], but that machine is off or disconnected: it is lost and whoever waits for the answer times out. Endpoints of a dead node are withdrawn after a while, once it is no longer Ready.",
  ),
  "route.no-such-pod": sentence(
    "Nadie tiene ya la dirección {ip}: el pod que la usaba desapareció. Las IP de los pods cambian; usa el nombre de un Service.",
    "Nobody has the address {ip} any more: the pod that used it is gone. Pod IPs change; use the name of a Service.",
  ),
  "balancer.picked-backend": sentence("El balanceador[[ {host}]] elige el destino {backend}[[ de {of}]] y le pasa la conexión.", "The load balancer[[ {host}]] picks {backend}[[ out of {of}]] and hands it the connection."),
  "balancer.no-backends": sentence(
    "El balanceador[[ {host}]] no tiene ningún destino en buen estado, así que rechaza la conexión. Revisa su lista de máquinas y la comprobación de salud.",
    "The load balancer[[ {host}]] has no healthy backend, so it refuses the connection. Check its list of machines and its health check.",
  ),
  "balancer.not-listening": sentence(
    "En {host} nadie escucha en el puerto {port}: el balanceador no está configurado para ese puerto. Comprueba el puerto con el que llamas.",
    "Nobody listens on port {port} of {host}: the load balancer is not set up for that port. Check the port you are calling.",
  ),
  "balancer.unhealthy-backend": sentence(
    "El balanceador deja fuera {backend} porque no pasa su comprobación de salud. Volverá a usarlo en cuanto responda.",
    "The load balancer leaves {backend} out because it fails its health check. It will use it again as soon as it answers.",
  ),
  "service.picked-endpoint": sentence(
    "kube-proxy cambia la dirección del Service {service} por la de uno de sus endpoints: {endpoint}[[, de {of} posibles]].",
    "kube-proxy turns the address of Service {service} into that of one of its endpoints: {endpoint}[[, out of {of}]].",
  ),
  "service.kept-connection": sentence(
    "Esta conexión con el Service {service} ya estaba abierta: conntrack la recuerda y la sigue mandando a {endpoint}. El endpoint se elige una vez por conexión, no por petición.",
    "This connection to Service {service} was open already: conntrack remembers it and keeps sending it to {endpoint}. The endpoint is chosen once a connection, not once a request.",
  ),
  "service.kept-client": sentence(
    "El Service {service} usa sessionAffinity: ClientIP y este cliente ya había llamado: vuelve al mismo endpoint, {endpoint}.",
    "Service {service} uses sessionAffinity: ClientIP and this client has called before: it goes back to the same endpoint, {endpoint}.",
  ),
  "service.no-endpoints": sentence(
    "El Service {service} no tiene ningún pod listo detrás, así que la conexión se rechaza. Mira kubectl get endpointslices: o el selector no coincide con las etiquetas de los pods, o los pods no pasan su readinessProbe.",
    "Service {service} has no ready pod behind it, so the connection is refused. Look at kubectl get endpointslices: either the selector does not match the pods' labels or the pods fail their readinessProbe.",
  ),
  "service.no-such-port": sentence(
    "El Service {service} no publica el puerto {port}. Llama a uno de los puertos de kubectl get svc (el port del Service, no el del contenedor).",
    "Service {service} does not publish port {port}. Call one of the ports of kubectl get svc (the Service's port, not the container's).",
  ),
  "service.node-port": sentence(
    "El puerto {port} de la máquina es el NodePort del Service {service}: kube-proxy cambia el destino por el endpoint {endpoint}[[, de {of} posibles]].",
    "Port {port} of the machine is the NodePort of Service {service}: kube-proxy turns the destination into endpoint {endpoint}[[, out of {of}]].",
  ),
  "host-port.forwarded": sentence(
    "El pod {pod} pidió el puerto {port} de la máquina (hostPort)[[ {node}]]: las reglas del plugin de red cambian el destino por {endpoint}. Solo responde esta máquina, la del pod.",
    "Pod {pod} asked for port {port} of the machine (hostPort)[[ {node}]]: the network plugin's rules turn the destination into {endpoint}. Only this machine answers, the pod's own.",
  ),
  "service.local-without-endpoints": sentence(
    "El Service {service} usa externalTrafficPolicy: Local y en {node} no hay ningún pod suyo, así que el paquete se descarta. Entra por un nodo que tenga pods, o usa Cluster si no necesitas conservar la IP del cliente.",
    "Service {service} uses externalTrafficPolicy: Local and {node} has none of its pods, so the packet is dropped. Come in through a node that has pods, or use Cluster if you do not need the client's IP.",
  ),
  "service.internal-local": sentence(
    "El Service {service} usa internalTrafficPolicy: Local y en {node} no hay ningún pod suyo, así que el paquete se descarta. Pon un pod en cada nodo (un DaemonSet) o usa Cluster.",
    "Service {service} uses internalTrafficPolicy: Local and {node} has none of its pods, so the packet is dropped. Put a pod on every node (a DaemonSet) or use Cluster.",
  ),
  "service.source-refused": sentence(
    "El Service {service} solo admite clientes de loadBalancerSourceRanges y {from} no está entre ellos: el paquete se descarta.",
    "Service {service} only admits clients of loadBalancerSourceRanges and {from} is not among them: the packet is dropped.",
  ),
  "service.masquerade": sentence(
    "{node} cambia la dirección de origen {from} por la suya, {to}, para que la respuesta vuelva por él. Por eso el pod no ve la IP de quien llamó.",
    "{node} turns the source address {from} into its own, {to}, so that the answer comes back through it. That is why the pod does not see the caller's IP.",
  ),
  "policy.ingress-allowed": sentence(
    "La NetworkPolicy {policy} deja que {peer} llame a {pod} por {protocol} {port}: la conexión entra.",
    "NetworkPolicy {policy} lets {peer} call {pod} on {protocol} {port}: the connection gets in.",
  ),
  "policy.ingress-denied": sentence(
    "Ninguna regla de {policies} deja que {peer} llame a {pod} por {protocol} {port}, así que el paquete se descarta en la puerta del pod y quien llama espera en vano. Si la llamada es legítima, añade una regla ingress con ese origen y ese puerto.",
    "No rule of {policies} lets {peer} call {pod} on {protocol} {port}, so the packet is dropped at the pod's door and the caller waits in vain. If the call is meant to work, add an ingress rule with that source and that port.",
  ),
  "policy.egress-allowed": sentence(
    "La NetworkPolicy {policy} deja que {pod} salga hacia {peer} por {protocol} {port}.",
    "NetworkPolicy {policy} lets {pod} go out to {peer} on {protocol} {port}.",
  ),
  "policy.egress-denied": sentence(
    "Ninguna regla de {policies} deja que {pod} salga hacia {peer} por {protocol} {port}, así que el paquete no llega a salir del pod. Si la llamada es legítima, añade una regla egress con ese destino y ese puerto; no olvides el DNS (puerto 53).",
    "No rule of {policies} lets {pod} go out to {peer} on {protocol} {port}, so the packet never leaves the pod. If the call is meant to work, add an egress rule with that destination and that port; do not forget DNS (port 53).",
  ),
  "policy.not-selected": sentence(
    "En el namespace hay NetworkPolicies, pero ninguna selecciona a {pod} en este sentido: para él todo está abierto.",
    "The namespace has NetworkPolicies, but none selects {pod} in this direction: everything is open to it.",
  ),
  "policy.not-enforced": sentence(
    "{policies} selecciona a {pod}, pero {plugin} no aplica NetworkPolicies: el paquete pasa como si no existieran. Hace falta un plugin de red que las aplique, como Calico o Cilium.",
    "{policies} selects {pod}, but {plugin} does not enforce NetworkPolicies: the packet passes as if they did not exist. It takes a network plugin that enforces them, such as Calico or Cilium.",
  ),
  "policy.own-node": sentence(
    "Lo que viene de la propia máquina de {pod} entra siempre, haya las NetworkPolicies que haya: si no, el kubelet no podría hacer sus sondas.",
    "What comes from {pod}'s own machine always gets in, whatever the NetworkPolicies: otherwise the kubelet could not run its probes.",
  ),
  "policy.established": sentence(
    "Hoy {policies} no dejaría abrir esta conexión, pero ya estaba abierta: las reglas miran solo el primer paquete.",
    "Today {policies} would not let this connection open, but it was open already: the rules look only at the first packet.",
  ),
  "ingress.matched-rule": sentence("El Ingress encuentra una regla para {host}{path} y manda la petición al Service {service}[[ (endpoint {endpoint})]].", "The Ingress finds a rule for {host}{path} and sends the request to Service {service}[[ (endpoint {endpoint})]]."),
  "ingress.no-matching-rule": sentence(
    "Ninguna regla de Ingress encaja con {host}{path}, así que el controlador responde 404. Comprueba el host, la ruta y su pathType.",
    "No Ingress rule matches {host}{path}, so the controller answers 404. Check the host, the path and its pathType.",
  ),
  "ingress.no-endpoints": sentence(
    "La regla de Ingress apunta al Service {service}, que no existe o no tiene pods listos: el controlador responde 503. Revisa el nombre y el puerto del backend y los endpoints del Service.",
    "The Ingress rule points at Service {service}, which does not exist or has no ready pods: the controller answers 503. Check the backend's name and port and the Service's endpoints.",
  ),
  "ingress.backend-refused": sentence(
    "El controlador de Ingress llamó a {endpoint} y le rechazaron la conexión: responde 502. El contenedor no escucha en ese puerto; revisa targetPort.",
    "The Ingress controller called {endpoint} and was refused: it answers 502. The container does not listen on that port; check targetPort.",
  ),
  "ingress.backend-timed-out": sentence(
    "El controlador de Ingress llamó a {endpoint} y no obtuvo respuesta a tiempo: responde 504. Mira si el proceso está colgado o su máquina caída.",
    "The Ingress controller called {endpoint} and got no answer in time: it answers 504. See whether the process hangs or its machine is down.",
  ),
  "ingress.redirected": sentence(
    "El controlador de Ingress no llama a ningún backend: responde con una redirección, porque así lo piden el TLS o las anotaciones del Ingress.",
    "The Ingress controller calls no backend: it answers with a redirect, because the Ingress's TLS or its annotations ask for it.",
  ),
  "ingress.source-refused": sentence(
    "Las anotaciones del Ingress solo admiten a ciertos clientes y este no está en la lista: el controlador responde 403.",
    "The Ingress's annotations admit certain clients only and this one is not on the list: the controller answers 403.",
  ),
  "ingress.loop": sentence(
    "La petición lleva {times} vueltas de proxy en proxy: el backend acaba siendo otra vez el mismo controlador. Se rinde y responde con un error. Haz que la regla apunte al Service de la aplicación.",
    "The request has gone from proxy to proxy {times} times: the backend turns out to be the controller itself again. It gives up and answers with an error. Point the rule at the application's Service.",
  ),
  "gateway.matched-route": sentence(
    "La HTTPRoute {route} se queda con {host}{path} y manda la petición al Service {service}[[ (endpoint {endpoint})]].",
    "HTTPRoute {route} takes {host}{path} and sends the request to Service {service}[[ (endpoint {endpoint})]].",
  ),
  "gateway.redirected": sentence("La HTTPRoute {route} responde a {host}{path} con una redirección.", "HTTPRoute {route} answers {host}{path} with a redirect."),
  "gateway.no-backend": sentence(
    "La HTTPRoute {route} se queda con {host}{path}, pero no tiene ningún backend que pueda usar[[ ({service})]]: responde 500. O el Service no existe, o está en otro namespace y falta un ReferenceGrant.",
    "HTTPRoute {route} takes {host}{path}, but has no backend it may use[[ ({service})]]: it answers 500. Either the Service does not exist or it is in another namespace and a ReferenceGrant is missing.",
  ),
  "tls.accepted": sentence(
    "El cliente pide {host} (SNI) y el proxy le enseña el certificado[[ de {subject}]]: la conversación llega cifrada hasta aquí, y de aquí al pod va en claro.",
    "The client asks for {host} (SNI) and the proxy shows the certificate[[ of {subject}]]: the conversation is encrypted up to here, and plain from here to the pod.",
  ),
  "tls.name-mismatch": sentence(
    "El certificado vale para otros nombres[[ ({names})]], no para {host}, así que el cliente corta la conexión. Pon en el Secret un certificado que incluya ese nombre entre sus SAN.",
    "The certificate is for other names[[ ({names})]], not for {host}, so the client breaks off. Put a certificate that has that name among its SANs into the Secret.",
  ),
  "tls.self-signed": sentence(
    "El certificado que enseña el proxy[[, {subject},]] está autofirmado y el cliente no se fía. Si es el de fábrica del controlador, el Ingress no tiene tls para {host} o su Secret no existe.",
    "The certificate the proxy shows[[, {subject},]] signed itself and the client does not trust it. If it is the controller's stock one, the Ingress has no tls for {host} or its Secret does not exist.",
  ),
  "tls.unknown-authority": sentence(
    "El certificado que enseña el proxy[[, {subject},]] lo firma una autoridad que el cliente no conoce, así que corta la conexión. Dale el certificado de esa autoridad (curl --cacert).",
    "The certificate the proxy shows[[, {subject},]] is signed by an authority the client does not know, so it breaks off. Give it that authority's certificate (curl --cacert).",
  ),
  "openshift.routed": sentence(
    "El router de OpenShift encuentra la Route {route} para {host}{path} y manda la petición al Service {service}[[ (endpoint {endpoint})]].",
    "OpenShift's router finds Route {route} for {host}{path} and sends the request to Service {service}[[ (endpoint {endpoint})]].",
  ),
  "openshift.no-route": sentence(
    "Ninguna Route admitida vale para {host}{path}[[ (ni siquiera {route}, que solo admite TLS)]]: el router responde 503. El comodín del DNS trae hasta aquí cualquier nombre, pero la Route hay que crearla.",
    "No admitted Route is for {host}{path}[[ (not even {route}, which takes TLS only)]]: the router answers 503. The DNS wildcard brings any name here, but the Route must be created.",
  ),
  "openshift.no-endpoints": sentence(
    "La Route {route} apunta al Service {service}, que no existe o no tiene pods listos en ese puerto: el router responde 503. Revisa el nombre, el targetPort y los endpoints.",
    "Route {route} points at Service {service}, which does not exist or has no ready pods on that port: the router answers 503. Check the name, the targetPort and the endpoints.",
  ),
  "openshift.redirected": sentence("La Route {route} pide TLS para {host}: el router responde con una redirección a https.", "Route {route} asks for TLS for {host}: the router answers with a redirect to https."),
  "mesh.redirected-out": sentence(
    "Las reglas de netfilter del propio pod {pod} (no las de la máquina) desvían lo que sale hacia {ip}:{port} al puerto {to}, donde escucha su proxy.",
    "Pod {pod}'s own netfilter rules (not the machine's) turn what leaves for {ip}:{port} to port {to}, where its proxy listens.",
  ),
  "mesh.redirected-in": sentence(
    "Las reglas de netfilter del propio pod {pod} desvían lo que entra por el puerto {port} al {to}, donde escucha su proxy.",
    "Pod {pod}'s own netfilter rules turn what comes in on port {port} to {to}, where its proxy listens.",
  ),
  "mesh.proxy-absent": sentence(
    "Las reglas del pod {pod} desvían la conexión al puerto {to}, pero su proxy no escucha allí todavía: se rechaza. Mira si el contenedor istio-proxy está listo y si istiod responde.",
    "Pod {pod}'s rules turn the connection to port {to}, but its proxy does not listen there yet: it is refused. See whether the istio-proxy container is ready and istiod answers.",
  ),
  "mesh.plain-to-proxy": sentence(
    "El proceso de {pod} habla en claro con el proxy de su propio pod: ese tramo no sale de él, así que no hace falta cifrarlo.",
    "The process of {pod} talks in plain text to its own pod's proxy: that stretch never leaves the pod, so it needs no encryption.",
  ),
  "mesh.plain-to-process": sentence(
    "El proxy de {pod} se lo entrega en claro al proceso que escucha en el puerto {port}, dentro del mismo pod.",
    "The proxy of {pod} hands it in plain text to the process that listens on port {port}, within the same pod.",
  ),
  "mesh.passed-through": sentence(
    "La malla no conoce {asked}: el proxy de {pod} deja pasar la conexión tal cual hacia {ip}:{port}, sin cifrarla.",
    "The mesh does not know {asked}: the proxy of {pod} lets the connection through to {ip}:{port} as it is, without encrypting it.",
  ),
  "mesh.chosen": sentence(
    "El propio proxy elige un endpoint del Service {service}[[, del subconjunto {subset}]]: {endpoint}. kube-proxy ya no reparte nada.",
    "The proxy itself picks an endpoint of Service {service}[[, of subset {subset}]]: {endpoint}. kube-proxy has nothing left to share out.",
  ),
  "mesh.routed": sentence(
    "El VirtualService {route} decide: la petición va al Service {service}[[, subconjunto {subset}]][[ (peso {weight})]].",
    "VirtualService {route} decides: the request goes to Service {service}[[, subset {subset}]][[ (weight {weight})]].",
  ),
  "mesh.encrypted": sentence(
    "Entre los dos proxies va cifrado con mTLS: el de quien llama enseña un certificado a nombre de {identity} y comprueba el del otro.",
    "Between the two proxies it goes encrypted with mutual TLS: the caller's shows a certificate in the name of {identity} and checks the other's.",
  ),
  "mesh.plain": sentence(
    "Hacia {endpoint} va en claro: o su pod no tiene proxy, o una DestinationRule o PeerAuthentication apaga el TLS.",
    "To {endpoint} it goes in plain text: either its pod has no proxy or a DestinationRule or PeerAuthentication turns TLS off.",
  ),
  "mesh.plain-accepted": sentence(
    "Llega en claro y el proxy de {pod} lo acepta, porque está en modo PERMISSIVE[[ (PeerAuthentication {policy})]]. Con STRICT lo rechazaría.",
    "It arrives in plain text and the proxy of {pod} takes it, because its mode is PERMISSIVE[[ (PeerAuthentication {policy})]]. With STRICT it would refuse.",
  ),
  "mesh.strict-refused": sentence(
    "Llega en claro y la PeerAuthentication {policy} exige mTLS (STRICT): el proxy de {pod} corta la conexión. Quien llama necesita su propio proxy: mete su pod en la malla.",
    "It arrives in plain text and PeerAuthentication {policy} demands mutual TLS (STRICT): the proxy of {pod} resets the connection. The caller needs a proxy of its own: bring its pod into the mesh.",
  ),
  "mesh.identity-checked": sentence(
    "El proxy de {pod} comprueba el certificado de quien llama: lo firmó la CA de la malla y dice {identity}. Lo descifra aquí.",
    "The proxy of {pod} checks the caller's certificate: the mesh's CA signed it and it says {identity}. It is decrypted here.",
  ),
  "mesh.unknown-authority": sentence(
    "El certificado de {identity} lo firmó otra CA ({authority}) y el proxy de {pod} solo se fía de la suya ({own}): no hay acuerdo TLS y la conexión se corta.",
    "The certificate of {identity} was signed by another CA ({authority}) and the proxy of {pod} trusts only its own ({own}): the TLS handshake fails and the connection is reset.",
  ),
  "mesh.no-tls-here": sentence(
    "La conexión llega cifrada con mTLS, pero en {pod} no hay proxy que la descifre: el proceso no la entiende y se corta. Mira si una DestinationRule fuerza ISTIO_MUTUAL hacia un pod sin sidecar.",
    "The connection arrives encrypted with mutual TLS, but nothing in {pod} can decrypt it: the process does not understand it and it is reset. See whether a DestinationRule forces ISTIO_MUTUAL on a pod without a sidecar.",
  ),
  "mesh.no-route": sentence(
    "Ninguna ruta del VirtualService {route} encaja con {path}: el proxy responde 404. Añade una ruta sin match que recoja el resto.",
    "No route of VirtualService {route} matches {path}: the proxy answers 404. Add a route without match that takes the rest.",
  ),
  "mesh.no-endpoints": sentence(
    "El proxy no tiene a quién mandar la petición: el Service {service}[[ (subconjunto {subset})]] no tiene endpoints listos, o ninguna DestinationRule define ese subconjunto.",
    "The proxy has nobody to send the request to: Service {service}[[ (subset {subset})]] has no ready endpoints, or no DestinationRule defines that subset.",
  ),
  "mesh.fault-delay": sentence(
    "El VirtualService {route} inyecta un retraso de {millis} ms al {percent} % de las peticiones, y a esta le ha tocado.",
    "VirtualService {route} injects a delay of {millis} ms into {percent} % of the requests, and this is one of them.",
  ),
  "mesh.fault-abort": sentence(
    "El VirtualService {route} aborta el {percent} % de las peticiones con un {status}, y a esta le ha tocado: no llega a salir.",
    "VirtualService {route} aborts {percent} % of the requests with a {status}, and this is one of them: it never leaves.",
  ),
  "mesh.direct": sentence("El VirtualService {route} hace que el propio proxy responda {status}, sin llamar a nadie.", "VirtualService {route} has the proxy itself answer {status}, calling nobody."),
  "mesh.retried": sentence(
    "El intento {tries} con {endpoint} falló[[ ({status})]]: el proxy espera un momento y lo intenta de nuevo sin que el proceso se entere.",
    "Try {tries} with {endpoint} failed[[ ({status})]]: the proxy waits a moment and tries again without the process noticing.",
  ),
  "mesh.gave-up": sentence(
    "Se acabó el plazo de {millis} ms que la malla da a {service}: el proxy deja de esperar y responde 504.",
    "The {millis} ms the mesh gives {service} are over: the proxy stops waiting and answers 504.",
  ),
  "mesh.failed": sentence(
    "El proxy no obtuvo respuesta de {service}[[ (subconjunto {subset})]] y responde 503 en su lugar.",
    "The proxy got no answer from {service}[[ (subset {subset})]] and answers 503 in its place.",
  ),
  "socket.accepted": sentence("[[{process} escucha en el puerto {port} y ]]acepta la conexión.", "[[{process} listens on port {port} and ]]accepts the connection."),
  "socket.nobody-listens": sentence(
    "El paquete llega[[ a {ip}]], pero ningún proceso escucha en el puerto[[ {port}]]: conexión rechazada. Compara targetPort del Service con el puerto en el que escucha de verdad el contenedor.",
    "The packet arrives[[ at {ip}]], but no process listens on port[[ {port}]]: connection refused. Compare the Service's targetPort with the port the container really listens on.",
  ),
  "socket.no-node-port": sentence(
    "El paquete llega a la máquina[[ {node}]], pero ningún Service abre en ella el puerto[[ {port}]]: conexión rechazada. Mira qué nodePort tiene el Service que buscas.",
    "The packet reaches the machine[[ {node}]], but no Service opens port[[ {port}]] on it: connection refused. Look at the nodePort of the Service you want.",
  ),
  "socket.host-down": sentence(
    "La máquina de destino[[ {node}]] está apagada o sin red: no hay quien conteste y la conexión caduca. Enciéndela o espera a que el Service retire sus endpoints.",
    "The destination machine[[ {node}]] is off or has no network: nobody answers and the connection times out. Turn it on or wait until the Service withdraws its endpoints.",
  ),
  "socket.process-hung": sentence(
    "[[{process} ]]acepta la conexión pero no contesta nunca: el proceso está colgado. Una livenessProbe haría que se reiniciara y una readinessProbe lo sacaría del Service.",
    "[[{process} ]]accepts the connection but never answers: the process hangs. A livenessProbe would have it restarted and a readinessProbe would take it out of the Service.",
  ),
  "reply.rewritten-back": sentence("La respuesta vuelve por el mismo camino y recupera las direcciones originales: parece venir de {as}[[, no de {from}]].", "The answer comes back the same way and gets the original addresses back: it seems to come from {as}[[, not from {from}]]."),
};
